from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Hours expire by themselves only when switched on."""

    _inherit = "res.config.settings"

    crm_cron_expire_hours = fields.Boolean(string="Expire hour books")

    @api.model
    def _crm_cron_fields(self):
        return super()._crm_cron_fields() | {
            "crm_cron_expire_hours": "crm_ext_service.ir_cron_expire_hours"
        }
