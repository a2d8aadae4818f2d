from . import crm_queue_send
from . import mail_activity_schedule
