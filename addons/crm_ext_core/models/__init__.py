from . import crm_hooks
from . import crm_batch_run
from . import crm_batch_unit
from . import crm_batch_failure
from . import crm_audit_result
from . import res_config_settings
