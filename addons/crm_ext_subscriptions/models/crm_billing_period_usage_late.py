from odoo import models

from ..tools.indexation import exact
from ..tools.usage_tariff import ZERO

CAUSE = "late_usage"
# rows that another one stands for
REPLACED = ("billed_again", "superseded")


class CrmBillingPeriod(models.Model):
    """Late usage: adjustments of rows that bill usage."""

    _inherit = "crm.billing.period"

    def _get_with_adjustments(self):
        # sudo: whoever bills counts what he may not read, too
        adjustments = self.sudo().search(
            [
                ("adjusts_id", "in", self.ids),
                ("settlement", "not in", REPLACED),
            ]
        )
        # sudo: as above
        return self.sudo() + adjustments

    def _get_usage_books(self, kind):
        """What these rows and their adjustments drew: [(book id, money or units)]."""
        drawn = {}
        for draw in self._get_with_adjustments().draw_ids:
            if draw.kind == kind:
                share = exact(draw.quantity)
                book = draw.credit_id.id
                drawn[book] = drawn.get(book, ZERO) + share
        return [(book, share) for book, share in drawn.items() if share]

    def _get_usage_gross(self):
        """What the days cost as far as the ledger knows, before credit in money."""
        rows = self._get_with_adjustments()
        billed = sum((exact(row.amount) for row in rows), ZERO)
        return billed + sum((it for _book, it in self._get_usage_books("money")), ZERO)

    def _prepare_late_usage(self, delta, use, purse, unit_draws):
        """An adjustment of the row by what late usage makes it cost more, or less."""
        self.ensure_one()
        rows = self._get_with_adjustments()
        paid = max(sum((exact(row.amount) for row in rows), ZERO), ZERO)
        money = self._get_usage_books("money")
        # a smaller price is credited in money first, then given back to the books
        covered = max(delta, -paid) if delta < 0 else ZERO
        draws = purse.adjust(use, "money", delta - covered, money)
        amount = delta - sum((share for _book, share in draws), ZERO)
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": self.line_id.id,
            "version_id": self.version_id.id,
            "kind": "adjustment",
            "adjusts_id": self.id,
            "cause": CAUSE,
            "seq": 1 + max((rows - self).mapped("seq"), default=0),
            "date_from": self.date_from,
            "date_to": self.date_to,
            "days": self.days,
            "whole_days": self.whole_days,
            "quantity": 1.0 if amount else 0.0,
            "price_unit": float(amount),
            "discount": 0.0,
            "amount": float(amount),
            "usage_detail": {"late": True, "amount": str(delta), "parts": []},
            "usage_draws": [
                [book, str(share)] for book, share in [*unit_draws, *draws]
            ],
        }
