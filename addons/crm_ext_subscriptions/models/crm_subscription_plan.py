from odoo import fields, models

UNITS = [
    ("day", "Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("quarter", "Quarters"),
    ("year", "Years"),
]
INVOICING = [("advance", "In advance"), ("arrears", "In arrears")]


class CrmSubscriptionPlan(models.Model):
    """What a new subscription starts from; it keeps its own copy of the frequency."""

    _name = "crm.subscription.plan"
    _description = "Subscription plan"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    interval = fields.Integer(string="Every", default=1, required=True)
    unit = fields.Selection(UNITS, default="month", required=True)
    anchor_day = fields.Integer(
        string="Day of the month",
        help="Day on which periods begin, from 1 to 31; in a shorter month, its last "
        "day. 0: the day of the start date.",
    )
    invoicing = fields.Selection(
        INVOICING,
        default="advance",
        required=True,
        help="In advance: due on the first day of the period. "
        "In arrears: due on its last day.",
    )
    instalments = fields.Integer(
        string="Number of instalments", help="0: as long as the subscription runs."
    )
    note = fields.Html(string="Terms and conditions", translate=True)
    subscription_ids = fields.One2many("crm.subscription", "plan_id")
    subscription_count = fields.Integer(compute="_compute_subscription_count")

    _interval_positive = models.Constraint(
        "CHECK (interval BETWEEN 1 AND 366)", "Every: enter a number from 1 to 366."
    )
    _anchor_day_valid = models.Constraint(
        "CHECK (anchor_day BETWEEN 0 AND 31)",
        "Day of the month: enter a number from 0 to 31.",
    )
    _instalments_positive = models.Constraint(
        "CHECK (instalments >= 0)", "The number of instalments cannot be negative."
    )

    def _compute_subscription_count(self):
        counts = dict(
            self.env["crm.subscription"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.subscription_count = counts.get(plan, 0)

    def action_view_subscriptions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_subscription_action"
        )
        return action | {"domain": [("plan_id", "in", self.ids)], "context": {}}
