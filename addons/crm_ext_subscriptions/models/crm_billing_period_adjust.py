from odoo import fields, models

from ..tools.adjustments import BilledRow
from ..tools.indexation import exact


class CrmBillingPeriod(models.Model):
    """Credits and supplements on billed rows, one signed row each."""

    _inherit = "crm.billing.period"

    adjustment_ids = fields.One2many("crm.billing.period", "adjusts_id", readonly=True)
    change_id = fields.Many2one(
        "crm.subscription.change",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )

    def _to_billed_row(self):
        self.ensure_one()
        adjusted = sum(self._get_adjustments().mapped("amount"))
        return BilledRow(
            self.id,
            self.date_from,
            self.date_to,
            exact(self.amount),
            exact(self.currency_id.round(adjusted)),
        )

    def _get_adjustments(self):
        """What was adjusted on the row; a freed one counts as long as nothing has
        replaced it: that gap is explained."""
        return self.adjustment_ids.filtered(
            lambda row: not row.cancelled or row.settlement in ("open", "accepted")
        )

    def _prepare_adjustment(self, correction, cause, due_date):
        """Values of an adjustment of this row: a credit is a quantity of minus one, as
        an electronic invoice wants it."""
        self.ensure_one()
        line = self.line_id
        gross = float(correction.amount) / float(line._get_untaxed_part())
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": line.id,
            "kind": "adjustment",
            "adjusts_id": self.id,
            "cause": cause,
            "seq": max(self.adjustment_ids.mapped("seq"), default=0) + 1,
            "date_from": correction.date_from,
            "date_to": correction.date_to,
            "due_date": due_date,
            "whole_days": self.whole_days,
            "quantity": -1.0 if gross < 0 else 1.0,
            "price_unit": abs(gross),
            "amount": float(correction.amount),
        }

    def _prepare_effect(self):
        """An adjustment as the effect of a change lists it."""
        return {
            "line": self.line_id.id,
            "product": self.product_id.display_name,
            "date_from": fields.Date.to_string(self.date_from),
            "date_to": fields.Date.to_string(self.date_to),
            "days": (self.date_to - self.date_from).days + 1,
            "amount": self.amount,
            "due_date": fields.Date.to_string(self.due_date),
        }
