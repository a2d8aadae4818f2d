from odoo import api, fields, models

from .crm_billing_period_usage_change import REPRICED


class CrmBillingPeriod(models.Model):
    """Rows that bill usage: the events they bill, the steps of the price, the draws.

    Events and draws belong to the row that stands: one that bills again what another
    billed takes them over, and gives them back when the first invoice is revived.
    """

    _inherit = "crm.billing.period"

    usage_event_ids = fields.One2many(
        "crm.usage.event", "billing_period_id", readonly=True
    )
    usage_event_count = fields.Integer(compute="_compute_usage_event_count")
    usage_detail = fields.Json(readonly=True, help="How the usage was priced.")
    usage_draws = fields.Json(readonly=True)
    draw_ids = fields.One2many(
        "crm.usage.credit.draw", "billing_period_id", readonly=True
    )

    def _compute_usage_event_count(self):
        counts = dict(
            self.env["crm.usage.event"]._read_group(
                [("billing_period_id", "in", self.ids)],
                ["billing_period_id"],
                ["__count"],
            )
        )
        for row in self:
            row.usage_event_count = counts.get(row, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Bill the events of the days, and draw the credits, with the row itself."""
        rows = super().create(vals_list)
        usage = rows.filtered("usage_detail")
        fresh = usage.filtered(lambda row: not row.renews_id)
        taking = fresh.filtered(lambda row: REPRICED not in row.usage_detail)
        # sudo: the ledger's links are the engine's, see the access rights
        self.env["crm.usage.event"].sudo()._attach(taking)
        fresh.sudo()._write_draws()
        for row in usage - fresh:
            row.sudo()._take_over()
        return rows

    def _prepare_renewal(self):
        kept = ("usage_detail", "usage_draws")
        return super()._prepare_renewal() | {name: self[name] for name in kept}

    def _revive(self):
        res = super()._revive()
        if self.usage_detail and not self.cancelled:
            self._take_over()
        return res

    def _take_over(self):
        """Events and draws of the rows that billed the same thing before."""
        family = self._get_family()
        self.env["crm.usage.event"]._hand_over(family, self)
        family.draw_ids.billing_period_id = self

    def _write_draws(self):
        self.env["crm.usage.credit.draw"].create(
            [
                {
                    "billing_period_id": row.id,
                    "credit_id": book,
                    "quantity": float(share),
                }
                for row in self
                for book, share in row.usage_draws or ()
            ]
        )

    def action_view_usage(self):
        """The list of usage that the rows bill."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_usage_event_action"
        )
        return action | {
            "domain": [("billing_period_id", "in", self.ids)],
            "context": {},
        }
