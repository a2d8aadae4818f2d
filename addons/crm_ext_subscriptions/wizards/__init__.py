from . import account_move_reversal
from . import crm_bill_due
from . import crm_billing_cutoff
from . import crm_billing_cutoff_line
from . import crm_price_revise
from . import crm_subscription_amend
from . import crm_subscription_amend_item
