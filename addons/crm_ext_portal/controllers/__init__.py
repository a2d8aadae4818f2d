from . import attachment, case, case_form, hours, revision, subscription
