from . import account_move_reversal
from . import crm_bill_due
from . import crm_price_revise
