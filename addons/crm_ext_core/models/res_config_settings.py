from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    """The set-up screen: what bills, sends or scores starts only when switched on here.

    A field named in `_crm_cron_fields` switches the scheduled action of that XML id.
    """

    _inherit = "res.config.settings"

    crm_batch_lanes = fields.Integer(string="Parallel lanes", default=2)

    @api.model
    def _crm_cron_fields(self) -> dict[str, str]:
        """{settings field: XML id of the ir.cron it switches}; extended by addons."""
        return {}

    @api.constrains("crm_batch_lanes")
    def _check_crm_batch_lanes(self):
        if self.filtered(lambda settings: not 1 <= settings.crm_batch_lanes <= 16):
            raise ValidationError(
                self.env._("Parallel lanes: choose a number between 1 and 16.")
            )

    def get_values(self):
        values = super().get_values()
        for field, xmlid in self._crm_cron_fields().items():
            values[field] = self.env.ref(xmlid).sudo().active
        values["crm_batch_lanes"] = len(self.env["crm.batch.run"]._lane_crons())
        return values

    def set_values(self):
        super().set_values()
        for field, xmlid in self._crm_cron_fields().items():
            cron = self.env.ref(xmlid).sudo()
            if cron.active != self[field]:
                cron.active = self[field]
        self._set_crm_batch_lanes()

    def _set_crm_batch_lanes(self):
        """Add copies of the first lane's cron, or archive the last ones."""
        lanes = self.env["crm.batch.run"]._lane_crons().sorted("id")
        missing = self.crm_batch_lanes - len(lanes)
        for number in range(missing):
            lanes[0].copy({"name": f"{lanes[0].name} {len(lanes) + number + 1}"})
        if missing < 0:
            lanes[missing:].active = False
