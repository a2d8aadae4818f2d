from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..tools.index_series import IndexValueMissing
from ..tools.indexation import exact

A_YEAR = {
    "day": Decimal(365),
    "week": Decimal(365) / 7,
    "month": Decimal(12),
    "quarter": Decimal(4),
    "year": Decimal(1),
}


class CrmSubscription(models.Model):
    """What a revision of many subscriptions would bring; nothing is written."""

    _inherit = "crm.subscription"

    def _preview_revisions(self, day):
        """Each price at a date: {subscription_id, line_id, outcome, reason, ...}."""
        values = self.clause_ids._get_observations()
        done = self._get_revised_lines(day)
        return [row for sub in self for row in sub._preview_prices(day, values, done)]

    def _get_revised_lines(self, day):
        revisions = self.env["crm.price.revision"].search(
            [
                ("subscription_id", "in", self.ids),
                ("effective_date", "=", day),
                ("state", "!=", "cancelled"),
            ]
        )
        return revisions.line_id

    def _preview_prices(self, day, values, done):
        row = {"subscription_id": self.id}
        if outcome := self._get_exception(day):
            return [row | {"outcome": outcome}]
        lines = self.line_ids.filtered(self._is_revised)
        if not lines:
            return [row | {"outcome": "never"}]
        return [
            row
            | {"line_id": line.id}
            | (
                {"outcome": "done"}
                if line in done
                else self._preview_price(line, day, values[self.clause_ids])
            )
            for line in lines
        ]

    def _get_exception(self, day):
        """Why nothing of a subscription is revised, if so."""
        if self.state != "running" or (self.date_end and day > self.date_end):
            return "ended"
        if not self.clause_ids:
            return "no_clause"
        if day <= self.date_start:
            return "not_begun"
        return None

    def _preview_price(self, line, day, values):
        try:
            self.clause_ids._check_customer()
            vals = self.env["crm.price.revision"]._prepare_revision(
                line, self.clause_ids, day, values
            )
        except UserError as error:
            missing = isinstance(error.__cause__, IndexValueMissing)
            return {
                "outcome": "missing" if missing else "refused",
                "reason": str(error),
            }
        current = exact(line._get_version_at(day).price_unit)
        effect = exact(vals["p1"]) - current
        figures = {
            "p0": float(current),
            "p1": vals["p1"],
            "price_percent": float(effect / current * 100) if current else 0,
            "effect_year": float(effect * self._get_quantity_a_year(line, day)),
            "reason": vals["warnings"],
        }
        return figures | {"outcome": self._get_outcome(vals)}

    def _get_outcome(self, vals):
        if vals["limit_kind"] == "threshold":
            return "threshold"
        used = self.env["crm.price.index.value"].browse(vals["value_ids"][0][2])
        return "revise" if all(used.mapped("verified")) else "unverified"

    def _get_quantity_a_year(self, line, day):
        """What a unit price is multiplied by over a year of full periods."""
        terms = line._get_version_at(day)
        quantity = self.env["crm.price.revision"]._get_quantity(terms)
        return quantity * A_YEAR[self.unit] / self.interval
