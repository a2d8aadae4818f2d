from . import account_move_reversal
from . import crm_bill_due
from . import crm_billing_cutoff
from . import crm_billing_cutoff_line
from . import crm_price_revise
