from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_subscription_plan import INVOICING, UNITS

# Only code in this process can hold this object: an RPC context cannot forge it, so a
# state changes through the actions alone.
STATE_CHANGE = object()
# likewise: a preview that is rolled back uses up no number
TRIAL = object()
FROZEN_FIELDS = {
    "partner_id",
    "plan_id",
    "date_start",
    "interval",
    "unit",
    "anchor_day",
    "anchor_days",
    "prorata_basis",
    "trial_days",
    "price_basis",
    "remainder_rule",
    "invoicing",
    "instalments",
    "date_end",
    "company_id",
    "currency_id",
}


class CrmSubscription(models.Model):
    """A customer's standing order: what is billed, how often, from when until when.

    Once confirmed its terms are frozen: prices and quantities change through dated line
    versions only, and what was billed is read in the ledger (crm.billing.period).
    """

    _name = "crm.subscription"
    _description = "Subscription"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "portal.mixin",
        "crm.tag.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Number", default="/", copy=False, readonly=True, required=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("closed", "Closed"),
        ],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    partner_invoice_id = fields.Many2one(
        "res.partner",
        string="Invoice address",
        compute="_compute_partner_invoice_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    client_order_ref = fields.Char(
        string="Purchase order number", help="Printed as reference on every invoice."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    note = fields.Html(string="Terms and conditions")
    internal_note = fields.Html(string="Internal notes")

    plan_id = fields.Many2one(
        "crm.subscription.plan", check_company=True, index=True, tracking=True
    )
    date_start = fields.Date(
        string="Start", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        string="End", help="Last day billed; empty: until closed.", tracking=True
    )
    interval = fields.Integer(
        string="Every",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    unit = fields.Selection(
        UNITS,
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    invoicing = fields.Selection(
        INVOICING,
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="In advance: due on the first day of the period. "
        "In arrears: due on its last day.",
    )
    instalments = fields.Integer(
        string="Number of instalments",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        help="0: until the end date, or until closed.",
    )
    line_ids = fields.One2many("crm.subscription.line", "subscription_id", copy=True)
    version_ids = fields.One2many("crm.subscription.line.version", "subscription_id")
    period_ids = fields.One2many("crm.billing.period", "subscription_id")
    clause_ids = fields.One2many("crm.index.clause", "subscription_id", copy=True)
    revision_ids = fields.One2many("crm.price.revision", "subscription_id")

    amount_period = fields.Monetary(
        string="Per period",
        compute="_compute_amount_period",
        aggregator="sum",
        help="Untaxed price of one full period under the terms in force today.",
    )

    _date_order = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "End: it cannot lie before the start.",
    )
    _interval_positive = models.Constraint(
        "CHECK (interval BETWEEN 1 AND 366)", "Every: enter a number from 1 to 366."
    )

    @api.depends("partner_id")
    def _compute_partner_invoice_id(self):
        for subscription in self:
            addresses = subscription.partner_id.address_get(["invoice"])
            subscription.partner_invoice_id = addresses["invoice"]

    @api.depends("plan_id")
    def _compute_from_plan(self):
        for subscription in self:
            source = subscription.plan_id or subscription
            subscription.interval = source.interval or 1
            subscription.unit = source.unit or "month"
            subscription.invoicing = source.invoicing or "advance"
            subscription.instalments = source.instalments

    @api.depends("line_ids.price_subtotal", "line_ids.line_type")
    def _compute_amount_period(self):
        self.line_ids.mapped("price_subtotal")  # of all of them at once
        for subscription in self:
            lines = subscription.line_ids.filtered(
                lambda line: line.line_type == "recurring"
            )
            subscription.amount_period = sum(lines.mapped("price_subtotal"))

    def _compute_access_url(self):
        super()._compute_access_url()
        for subscription in self:
            subscription.access_url = f"/my/subscriptions/{subscription.id}"

    @api.depends("name", "partner_id.name")
    @api.depends_context("crm_show_customer")
    def _compute_display_name(self):
        for subscription in self:
            number = subscription.name if subscription.name != "/" else ""
            if not number or self.env.context.get("crm_show_customer"):
                customer = subscription.partner_id.name or self.env._(
                    "New subscription"
                )
                number = f"{number} - {customer}" if number else customer
            subscription.display_name = number

    @api.constrains("interval", "unit", "anchor_days", "instalments", "date_end")
    def _check_terms(self):
        for subscription in self:
            subscription._to_terms()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft":
                raise UserError(self.env._("A subscription begins as a draft."))
            vals["name"] = "/"
        subscriptions = super().create(vals_list)
        if self.env.context.get("crm_trial") is TRIAL:
            return subscriptions
        for company, records in subscriptions.grouped("company_id").items():
            sequence = self.env["ir.sequence"].with_company(company)
            for subscription in records:
                subscription.name = sequence.next_by_code("crm.subscription")
        return subscriptions

    def write(self, vals):
        if self.env.context.get("crm_state") is STATE_CHANGE:
            return super().write(vals)
        if "state" in vals:
            raise UserError(self.env._("The state changes by the buttons only."))
        frozen = FROZEN_FIELDS & vals.keys()
        if frozen and (confirmed := self.filtered(lambda sub: sub.state != "draft")):
            confirmed._refuse_frozen(frozen)
        return super().write(vals)

    def _refuse_frozen(self, names):
        labels = sorted(
            self.fields_get(names, ["string"])[name]["string"] for name in names
        )
        raise UserError(
            self.env._(
                "%(subscription)s is confirmed: %(fields)s can no longer be changed.",
                subscription=", ".join(self.mapped("name")),
                fields=", ".join(labels),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if self.filtered(lambda sub: sub.state != "draft"):
            raise UserError(
                self.env._(
                    "Only a draft can be deleted: close the subscription instead."
                )
            )

    def _get_open_action(self):
        """The window on these subscriptions: the form of one, the list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_subscription_action"
        )
        if len(self) == 1:
            return action | {
                "views": [(False, "form")],
                "view_mode": "form",
                "res_id": self.id,
            }
        return action | {"domain": [("id", "in", self.ids)], "context": {}}
