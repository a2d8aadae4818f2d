from . import test_billing
from . import test_billing_odd_cases
from . import test_ledger
from . import test_price_revision
from . import test_rpc
from . import test_subscription
from . import test_tools_indexation
from . import test_tools_periods
