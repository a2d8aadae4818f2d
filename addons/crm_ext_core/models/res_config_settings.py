from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    """The set-up screen: what bills, sends or scores starts only when switched on here.

    A field named in `_crm_cron_fields` switches the scheduled action of that XML id.
    """

    _inherit = "res.config.settings"

    crm_batch_run_lanes = fields.Integer(string="Parallel lanes", default=2)
    crm_score_nightly = fields.Boolean(string="Score all leads every night")
    crm_segment_refresh = fields.Boolean(string="Refresh segments every hour")
    crm_assign_leads = fields.Boolean(string="Give new leads by rule")
    crm_unanswered_alert = fields.Boolean(string="Warn of unanswered leads")
    crm_tag_rules = fields.Boolean(string="Apply the tag rules every hour")
    crm_funnel_time = fields.Boolean(string="Funnel rules on time")
    crm_overdue_mail = fields.Boolean(string="Remind of overdue activities")
    crm_mail_quality = fields.Boolean(string="Note the e-mail quality every day")
    crm_privacy_retention = fields.Boolean(string="Apply the retention rules")
    crm_forecast_snapshot = fields.Boolean(string="Keep the forecast regularly")
    crm_search_duplicates = fields.Boolean(string="Look for duplicates every night")

    @api.model
    def _crm_cron_fields(self) -> dict[str, str]:
        """{settings field: XML id of the ir.cron it switches}; extended by addons."""
        return {
            "crm_score_nightly": "crm_ext_core.ir_cron_score",
            "crm_segment_refresh": "crm_ext_core.ir_cron_segment_refresh",
            "crm_assign_leads": "crm_ext_core.ir_cron_assign",
            "crm_unanswered_alert": "crm_ext_core.ir_cron_unanswered",
            "crm_tag_rules": "crm_ext_core.ir_cron_tag_rules",
            "crm_mail_quality": "crm_ext_core.ir_cron_mail_quality",
            "crm_privacy_retention": "crm_ext_core.ir_cron_privacy",
            "crm_funnel_time": "crm_ext_core.ir_cron_funnel",
            "crm_overdue_mail": "crm_ext_core.ir_cron_overdue",
            "crm_forecast_snapshot": "crm_ext_core.ir_cron_forecast",
            "crm_search_duplicates": "crm_ext_core.ir_cron_duplicates",
        }

    @api.constrains("crm_batch_run_lanes")
    def _check_crm_batch_run_lanes(self):
        if self.filtered(lambda settings: not 1 <= settings.crm_batch_run_lanes <= 16):
            raise ValidationError(
                self.env._("Parallel lanes: choose a number between 1 and 16.")
            )

    @api.model
    def get_values(self):
        values = super().get_values()
        for field, xmlid in self._crm_cron_fields().items():
            # the settings screen is the administrator's; the cron may be hidden from
            # him
            values[field] = self.env.ref(xmlid).sudo().active
        lanes = self.env["crm.batch.run"]._lane_crons()
        values["crm_batch_run_lanes"] = len(lanes.filtered("active"))
        return values

    def set_values(self):
        super().set_values()
        for field, xmlid in self._crm_cron_fields().items():
            cron = self.env.ref(xmlid).sudo()  # as in get_values
            if cron.active != self[field]:
                cron.active = self[field]
        self._set_crm_batch_run_lanes()

    def _set_crm_batch_run_lanes(self):
        """Switch the first lanes on and the others off, adding copies when too few."""
        lanes = self.env["crm.batch.run"]._lane_crons()
        for number in range(len(lanes), self.crm_batch_run_lanes):
            lanes += lanes[0].copy({"name": f"{lanes[0].name} {number + 1}"})
        on, off = lanes[: self.crm_batch_run_lanes], lanes[self.crm_batch_run_lanes :]
        on.filtered(lambda cron: not cron.active).active = True
        off.filtered("active").active = False
