from . import crm_segment_add
from . import crm_segment_explain
from . import crm_segment_freeze
from . import crm_assignment_preview
from . import crm_assignment_preview_line
from . import crm_tag_merge
