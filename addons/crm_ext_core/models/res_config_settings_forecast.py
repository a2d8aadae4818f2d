from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_forecast_snapshot import RHYTHMS
from .crm_forecast_weight import MINIMUM


class ResConfigSettings(models.TransientModel):
    """How the forecast is kept, and when its history is believed."""

    _inherit = "res.config.settings"

    crm_forecast_rhythm = fields.Selection(
        RHYTHMS,
        string="Forecast kept",
        default="week",
        config_parameter="crm_ext_core.forecast_rhythm",
    )
    crm_forecast_minimum = fields.Integer(
        string="Closed opportunities needed to learn a weight",
        default=MINIMUM,
        config_parameter="crm_ext_core.forecast_minimum",
    )

    @api.constrains("crm_forecast_minimum")
    def _check_crm_forecast_minimum(self):
        if any(settings.crm_forecast_minimum < 1 for settings in self):
            raise ValidationError(
                self.env._(
                    "Closed opportunities needed to learn a weight: choose a number "
                    "from 1."
                )
            )
