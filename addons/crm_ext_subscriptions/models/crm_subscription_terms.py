from odoo import api, fields, models

from .crm_subscription_plan import ANCHOR_DAYS_HELP, PRORATA


class CrmSubscription(models.Model):
    """On which days periods begin, and what a part of one or of a total costs."""

    _inherit = "crm.subscription"

    anchor_days = fields.Char(
        string="Days of the month",
        compute="_compute_anchor_days",
        store=True,
        readonly=False,
        precompute=True,
        help=ANCHOR_DAYS_HELP,
    )
    anchor_day = fields.Integer(
        string="Day of the month",
        compute="_compute_anchor_day",
        inverse="_inverse_anchor_day",
        help="The first of the days of the month; 0: none.",
    )
    prorata_basis = fields.Selection(
        PRORATA,
        string="Prorata",
        compute="_compute_prorata_basis",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="How a first or last period, or a change within one, is counted.",
    )
    trial_days = fields.Integer(
        string="Trial, in days",
        help="So many days from the start cost nothing; one-off lines are billed.",
    )
    price_basis = fields.Selection(
        [
            ("period", "Per period"),
            ("total", "Total of the contract"),
        ],
        string="Prices are",
        default="period",
        required=True,
        help="Total of the contract: each recurring line's price is split in "
        "instalments, which sum to it to the cent.",
    )
    remainder_rule = fields.Selection(
        [
            ("last", "On the last instalment"),
            ("first", "On the first instalment"),
            ("spread", "Spread, cent by cent"),
        ],
        string="Remainder",
        default="last",
        required=True,
        help="Which instalment bears the cents that do not divide.",
    )

    _trial_days_positive = models.Constraint(
        "CHECK (trial_days >= 0)", "Trial: the number of days cannot be negative."
    )
    _total_is_split = models.Constraint(
        "CHECK (price_basis <> 'total' OR instalments > 0)",
        "Number of instalments: a total of the contract is split into at least one.",
    )
    _instalments_positive = models.Constraint(
        "CHECK (instalments >= 0)", "The number of instalments cannot be negative."
    )

    @api.depends("plan_id")
    def _compute_anchor_days(self):
        for subscription in self:
            source = subscription.plan_id or subscription
            subscription.anchor_days = source.anchor_days

    @api.depends("plan_id")
    def _compute_prorata_basis(self):
        for subscription in self:
            source = subscription.plan_id or subscription
            subscription.prorata_basis = source.prorata_basis or "calendar"

    @api.depends("anchor_days")
    def _compute_anchor_day(self):
        parse = self.env["crm.subscription.plan"]._parse_anchor_days
        for subscription in self:
            days = parse(subscription.anchor_days)
            subscription.anchor_day = next(iter(days), 0)

    def _inverse_anchor_day(self):
        for subscription in self:
            day = subscription.anchor_day
            subscription.anchor_days = str(day) if day else False
        self._check_terms()
