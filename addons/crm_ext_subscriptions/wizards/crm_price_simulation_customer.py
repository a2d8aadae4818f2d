from odoo import fields, models


class CrmPriceSimulationCustomer(models.TransientModel):
    """One customer under one scenario, all subscriptions of the scope together."""

    _name = "crm.price.simulation.customer"
    _description = "Customer of a price simulation"
    _order = "scenario_id, effect_year desc, id"

    simulation_id = fields.Many2one(
        "crm.price.simulation", required=True, ondelete="cascade", index=True
    )
    scenario_id = fields.Many2one(
        "crm.price.simulation.scenario", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    subscription_count = fields.Integer(string="Subscriptions")
    old_year = fields.Monetary(string="Year before")
    new_year = fields.Monetary(string="Year after")
    effect_year = fields.Monetary(string="Effect on the year")
    effect_month = fields.Monetary(string="Effect on the MRR")
    percent = fields.Float(string="Variation, %", digits=(16, 3), aggregator="avg")
    is_over = fields.Boolean(string="Above the threshold")
