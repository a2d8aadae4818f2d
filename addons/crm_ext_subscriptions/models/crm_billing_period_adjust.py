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

    def _is_adjustable(self):
        """Whether a change of terms may owe something on the row."""
        return self.kind == "recurring" and not self.cancelled and not self.is_opening

    def _adjust(self, cause, due_date, chains=None, **values):
        """Write what these rows lack or have too much under the terms known now.

        :param dict chains: {line: its terms before the change}
        :param values: what else the adjustments bear
        :return: the adjustments
        """
        corrections = [
            correction
            for line, rows in self.filtered(lambda row: row._is_adjustable())
            .grouped("line_id")
            .items()
            for correction in line._correct(rows, (chains or {}).get(line, ()))
        ]
        return self.create(
            [
                self.browse(correction.key)._prepare_adjustment(
                    correction, cause, due_date
                )
                | values
                for correction in corrections
            ]
        )

    # ------------------------------------------------------------------ fate
    def _renew(self):
        """A row billed again takes over the adjustments of the freed one; what changed
        meanwhile comes on the same invoice."""
        again = super()._renew()
        # sudo: the ledger is written by the engine alone
        rows = again.sudo()
        for freed, row in zip(self.sudo(), rows, strict=True):
            freed._hand_adjustments_to(row)
        today = fields.Date.context_today(self)
        return again + rows._adjust("again", today).sudo(False)

    def _revive(self):
        """A row taken back has its adjustments again, and what changed meanwhile."""
        was_freed = self.cancelled
        res = super()._revive()
        if was_freed and self.kind == "recurring":
            for row in self._get_family():
                row._hand_adjustments_to(self)
            self._adjust("revived", self.subscription_id._get_settlement_date())
        return res

    def action_accept_gap(self):
        """What was still to be adjusted on days that stay unbilled is dropped."""
        res = super().action_accept_gap()
        # sudo: the ledger is written by the engine alone
        pending = self.sudo().adjustment_ids.filtered(
            lambda row: not row.cancelled and not row.invoice_line_ids
        )
        pending.write(
            {
                "cancelled": True,
                "cancelled_at": fields.Datetime.now(),
                "settlement": "accepted",
                "settled_by": self.env.uid,
            }
        )
        return res

    def _hand_adjustments_to(self, row):
        """Adjustments follow the live row of the same days; their rank stays unique."""
        live = self.adjustment_ids.filtered(lambda one: not one.cancelled)
        for adjustment in live.sorted("seq"):
            rank = max(row.adjustment_ids.mapped("seq"), default=0) + 1
            adjustment.write({"adjusts_id": row.id, "seq": rank})

    # ------------------------------------------------------------------ bridge
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
