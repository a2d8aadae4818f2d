from odoo import fields, models


class CrmSubscriptionPlan(models.Model):
    """A plan's index clause: what its subscriptions start with."""

    _inherit = "crm.subscription.plan"

    clause_ids = fields.One2many("crm.index.clause", "plan_id", copy=True)
