from odoo import api, fields, models
from odoo.tools.misc import format_date

from .crm_subscription_line_version import KINDS


class CrmSubscriptionChange(models.Model):
    """One amendment: what changed, from when, who entered it, and what it cost.

    The timeline of a subscription. The terms themselves are the versions it made, the
    money the adjustments in the ledger; the figures are those shown before confirming.
    """

    _name = "crm.subscription.change"
    _description = "Change of a subscription"
    _order = "effective_date desc, id desc"

    subscription_id = fields.Many2one(
        "crm.subscription",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    effective_date = fields.Date(
        required=True, readonly=True, help="First day of the new terms."
    )
    entered_at = fields.Datetime(
        default=fields.Datetime.now, required=True, readonly=True
    )
    entered_by = fields.Many2one(
        "res.users", required=True, readonly=True, default=lambda self: self.env.user
    )
    description = fields.Char(readonly=True, help="What changed, in words.")
    note = fields.Char(string="Comment", readonly=True)
    close_reason_id = fields.Many2one(
        "crm.close.reason", ondelete="restrict", index="btree_not_null", readonly=True
    )
    resume_date = fields.Date(string="Resumes on", readonly=True)
    date_end_before = fields.Date(
        readonly=True, help="End of the contract before it was closed or renewed."
    )
    successor_id = fields.Many2one(
        "crm.subscription",
        string="Continued by",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    version_ids = fields.One2many("crm.subscription.line.version", "change_id")
    adjustment_ids = fields.One2many("crm.billing.period", "change_id")

    effect = fields.Json(readonly=True)
    next_amount_before = fields.Monetary(readonly=True)
    next_amount = fields.Monetary(string="Next invoice", readonly=True)
    annual_before = fields.Monetary(readonly=True)
    annual_value = fields.Monetary(readonly=True)
    adjustment_total = fields.Monetary(
        string="Credit or supplement",
        readonly=True,
        help="Owed for days already billed: above zero a supplement, below a credit.",
    )

    @api.depends("kind", "subscription_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            change.display_name = (
                f"{change.subscription_id.name} - {labels[change.kind]}"
            )

    def _describe(self, line, before):
        """The change of one line in words."""
        after = line._get_terms_label(self.effective_date)
        product = line.product_id.display_name
        self.description = (
            self.env._(
                "%(product)s: %(before)s → %(after)s",
                product=product,
                before=before,
                after=after,
            )
            if before
            else self.env._("%(product)s: %(after)s", product=product, after=after)
        )

    def _apply_effect(self, before):
        """Keep the figures before and after, as they are shown."""
        concerned = (self.subscription_id | self.successor_id).with_env(self.env)
        after = concerned._get_figures(self.effective_date, before["date"])
        total = self.currency_id.round(sum(self.adjustment_ids.mapped("amount")))
        self.write(
            {
                "next_amount_before": before["next"],
                "next_amount": after["next"],
                "annual_before": before["annual"],
                "annual_value": after["annual"],
                "adjustment_total": total,
            }
        )
        self.effect = self._prepare_effect(after["date"])

    def _prepare_effect(self, due_date):
        return {
            "description": self.description or "",
            "effective_date": fields.Date.to_string(self.effective_date),
            "currency": self.currency_id.name,
            "due_date": fields.Date.to_string(due_date) if due_date else False,
            "next_invoice": {
                "before": self.next_amount_before,
                "after": self.next_amount,
            },
            "annual_value": {"before": self.annual_before, "after": self.annual_value},
            "adjustment_total": self.adjustment_total,
            "adjustments": [
                row._prepare_effect()
                for row in self.adjustment_ids.sorted(
                    lambda row: (row.line_id.id, row.date_from, row.id)
                )
            ],
            "successor_id": self.successor_id.id,
        }

    def _tell(self):
        """A note in the subscription's chatter, for its followers."""
        if self.env.context.get("crm_trial"):
            return
        labels = dict(self._fields["kind"]._description_selection(self.env))
        body = self.env._(
            "%(kind)s from %(date)s: %(description)s",
            kind=labels[self.kind],
            date=format_date(self.env, self.effective_date),
            description=self.description or self.note or "",
        )
        (self.subscription_id | self.successor_id)._message_log_batch(
            bodies={
                subscription.id: body
                for subscription in self.subscription_id | self.successor_id
            }
        )
