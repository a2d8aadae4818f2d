from . import attachment, case, case_form, hours, subscription
