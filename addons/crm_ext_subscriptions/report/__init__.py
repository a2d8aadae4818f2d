from . import crm_billing_report
