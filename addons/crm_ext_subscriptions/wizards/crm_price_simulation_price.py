from odoo import api, fields, models

LIMITS = [
    ("threshold", "Below the threshold"),
    ("cap", "Cap"),
    ("floor", "Floor"),
]
OUTCOMES = [
    ("revise", "Revised"),
    ("threshold", "Below the threshold"),
    ("missing", "Index missing"),
    ("refused", "Refused"),
]


class CrmPriceSimulationPrice(models.TransientModel):
    """One price at one date of revision under one scenario, with its proof."""

    _name = "crm.price.simulation.price"
    _description = "Simulated price"
    _order = "scenario_id, date, line_id, id"

    simulation_id = fields.Many2one(
        "crm.price.simulation", required=True, ondelete="cascade", index=True
    )
    scenario_id = fields.Many2one(
        "crm.price.simulation.scenario", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one("crm.subscription.line", ondelete="cascade")
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    date = fields.Date(string="Revision date")
    p0 = fields.Float(
        string="Price before",
        digits=0,
        min_display_digits="Product Price",
        aggregator="avg",
    )
    p1 = fields.Float(
        string="Price after",
        digits=0,
        min_display_digits="Product Price",
        aggregator="avg",
    )
    percent = fields.Float(string="Variation, %", digits=(16, 3), aggregator="avg")
    period_amount = fields.Monetary(string="Per period")
    year_amount = fields.Monetary(string="Per year")
    effect_year = fields.Monetary(string="Effect on the year")
    outcome = fields.Selection(OUTCOMES)
    limit_kind = fields.Selection(LIMITS, string="Decided by")
    is_supposed = fields.Boolean(
        string="Supposed", help="S0 or S1 is a value of the scenario."
    )
    reason = fields.Text(string="Notes")
    record = fields.Json()
    proof = fields.Html(compute="_compute_proof", sanitize=False)

    @api.depends("record", "reason")
    @api.depends_context("lang")
    def _compute_proof(self):
        engine = self.env["crm.price.revision"]
        labels, figure = engine._get_labels(), engine._get_figure()
        for price in self:
            price.proof = price.record and self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.price_simulation_proof",
                {"price": price, "engine": engine, "labels": labels, "figure": figure},
            )

    @api.depends("line_id", "date", "scenario_id")
    def _compute_display_name(self):
        for price in self:
            names = (price.line_id.product_id.name, price.date, price.scenario_id.name)
            price.display_name = ", ".join(str(name) for name in names if name)
