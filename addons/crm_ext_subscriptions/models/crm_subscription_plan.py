from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.periods import BillingTerms, BillingTermsError, parse_anchor_days

UNITS = [
    ("day", "Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("quarter", "Quarters"),
    ("year", "Years"),
]
INVOICING = [("advance", "In advance"), ("arrears", "In arrears")]
PRORATA = [
    ("calendar", "Calendar days"),
    ("30_360", "Months of 30 days (30/360)"),
    ("none", "None: a period begun is due in full"),
]
ANCHOR_DAYS_HELP = (
    "Days of the month on which periods begin, from 1 to 31; in a shorter month, its "
    "last day. Several days, such as 1, 15, make several periods a month. Empty: the "
    "day of the start date."
)


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
    anchor_days = fields.Char(string="Days of the month", help=ANCHOR_DAYS_HELP)
    anchor_day = fields.Integer(
        string="Day of the month",
        compute="_compute_anchor_day",
        inverse="_inverse_anchor_day",
        help="The first of the days of the month; 0: none.",
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
    prorata_basis = fields.Selection(
        PRORATA,
        string="Prorata",
        default="calendar",
        required=True,
        help="How a first or last period, or a change within one, is counted.",
    )
    note = fields.Html(string="Terms and conditions", translate=True)
    subscription_ids = fields.One2many("crm.subscription", "plan_id")
    subscription_count = fields.Integer(compute="_compute_subscription_count")

    _interval_positive = models.Constraint(
        "CHECK (interval BETWEEN 1 AND 366)", "Every: enter a number from 1 to 366."
    )
    _instalments_positive = models.Constraint(
        "CHECK (instalments >= 0)", "The number of instalments cannot be negative."
    )

    @api.depends("anchor_days")
    def _compute_anchor_day(self):
        for plan in self:
            plan.anchor_day = next(iter(self._parse_anchor_days(plan.anchor_days)), 0)

    def _inverse_anchor_day(self):
        for plan in self:
            plan.anchor_days = str(plan.anchor_day) if plan.anchor_day else False
        self._check_anchor_days()

    @api.constrains("anchor_days", "unit", "interval")
    def _check_anchor_days(self):
        today = fields.Date.context_today(self)
        for plan in self:
            days = self._parse_anchor_days(plan.anchor_days)
            try:
                BillingTerms(today, plan.interval, plan.unit, days)
            except BillingTermsError as error:
                if error.field == "anchor_days":
                    raise ValidationError(self._explain_anchor_days()) from error

    @api.model
    def _parse_anchor_days(self, text):
        try:
            return parse_anchor_days(text or "")
        except BillingTermsError as error:
            raise ValidationError(self._explain_anchor_days()) from error

    @api.model
    def _explain_anchor_days(self):
        return self.env._(
            "Days of the month: enter numbers from 1 to 31, such as 1, 15. Several "
            "days go with a frequency of every month, and stay apart in February."
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
