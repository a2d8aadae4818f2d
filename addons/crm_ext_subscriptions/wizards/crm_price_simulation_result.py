from odoo import fields, models


class CrmPriceSimulationResult(models.TransientModel):
    """One subscription of the book under one scenario: its year before and after."""

    _name = "crm.price.simulation.result"
    _description = "Subscription of a price simulation"
    _order = "scenario_id, effect_year desc, id"

    simulation_id = fields.Many2one(
        "crm.price.simulation", required=True, ondelete="cascade", index=True
    )
    scenario_id = fields.Many2one(
        "crm.price.simulation.scenario", required=True, ondelete="cascade"
    )
    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    plan_id = fields.Many2one("crm.subscription.plan", ondelete="cascade")
    index_id = fields.Many2one("crm.price.index", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    outcome = fields.Selection(
        [
            ("revise", "Revised"),
            ("threshold", "Below the threshold"),
            ("no_clause", "No clause"),
            ("never", "Never revised"),
            ("not_due", "No date of revision by then"),
            ("ended", "Ended or paused"),
            ("individual", "Private individual"),
            ("missing", "Index missing"),
            ("refused", "Refused"),
        ],
        required=True,
    )
    limit_kinds = fields.Char(
        string="Limits met", help="Cap, floor or threshold, as often as they decided."
    )
    first_date = fields.Date(string="First revision")
    revision_count = fields.Integer(string="Revisions")
    old_year = fields.Monetary(string="Year before")
    new_year = fields.Monetary(string="Year after")
    effect_year = fields.Monetary(string="Effect on the year")
    effect_month = fields.Monetary(string="Effect on the MRR")
    percent = fields.Float(string="Variation, %", digits=(16, 3), aggregator="avg")
    reason = fields.Char(string="Why")
    # what the sums of the book need, for rows of many chunks
    limits = fields.Json()
    moves = fields.Json()
