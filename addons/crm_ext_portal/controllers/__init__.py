from . import attachment, case, case_form, hours, offer, revision, subscription
