from odoo import fields, models

from ..tools.index_period import period_start


class CrmPriceSimulationValue(models.TransientModel):
    """An index value supposed for one period; it never becomes one of the series."""

    _name = "crm.price.simulation.value"
    _description = "Index value supposed in a simulation"
    _order = "simulation_id, index_id, month, id"

    simulation_id = fields.Many2one(
        "crm.price.simulation", required=True, ondelete="cascade", index=True
    )
    index_id = fields.Many2one("crm.price.index", required=True, ondelete="cascade")
    month = fields.Date(
        string="Period", required=True, help="Any day of the month or quarter."
    )
    value = fields.Float(digits=0, min_display_digits=1, required=True)

    _value_positive = models.Constraint("CHECK (value > 0)", "An index is above zero.")
    _once_a_period = models.Constraint(
        "UNIQUE (simulation_id, index_id, month)", "A period has one value supposed."
    )

    def _get_period(self):
        return period_start(self.month, self.index_id._get_chain()[-1:].period)
