from . import test_tools_indexation
from . import test_tools_periods
