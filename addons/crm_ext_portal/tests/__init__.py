from . import test_po_01_requests
from . import test_po_02_notification
from . import test_po_03_tickets
from . import test_po_06_payment
from . import test_po_06_subscriptions
from . import test_po_08_access
from . import test_po_08_rpc
from . import test_portal_hours
