from . import crm_segment_add
from . import crm_segment_explain
from . import crm_segment_freeze
