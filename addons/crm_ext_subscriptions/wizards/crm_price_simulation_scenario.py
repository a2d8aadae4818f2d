from odoo import api, fields, models

from ..tools.indexation import exact, plain


class CrmPriceSimulationScenario(models.TransientModel):
    """One supposition on the indices, side by side with the others."""

    _name = "crm.price.simulation.scenario"
    _description = "Scenario of a price simulation"
    _order = "simulation_id, sequence, id"

    simulation_id = fields.Many2one(
        "crm.price.simulation", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("flat", "The index stays where it is"),
            ("trend", "Trend of the last 12 months"),
            ("yearly", "So many percent a year"),
            ("values", "Own values"),
        ],
        default="yearly",
        required=True,
        help="What every index does from its last known value on. Own values: those "
        "entered below.",
    )
    percent = fields.Float(string="% a year", digits=(8, 3))
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )

    _percent_valid = models.Constraint(
        "CHECK (percent > -100 AND percent <= 1000)",
        "% a year: enter a number above -100 and up to 1000.",
    )

    @api.depends("kind", "percent")
    def _compute_name(self):
        for scenario in self:
            scenario.name = scenario._get_usual_name()

    def _get_usual_name(self):
        if self.kind == "yearly":
            percent = plain(exact(self.percent))
            sign = "+" if self.percent > 0 else ""
            return self.env._(
                "%(percent)s %% a year", percent=f"{sign}{self._localize(percent)}"
            )
        return {
            "flat": self.env._("Flat"),
            "trend": self.env._("Trend of 12 months"),
            "values": self.env._("Own values"),
        }.get(self.kind, "")

    @api.model
    def _localize(self, text):
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return text.replace(".", lang.decimal_point or ".")
