from . import test_bounce_gateway
from . import test_campaign
from . import test_soft_policy
from . import test_tools_bounce
from . import test_tools_bounce_policy
from . import test_tag_newsletter
from . import test_score_reader
from . import test_tools_reader
