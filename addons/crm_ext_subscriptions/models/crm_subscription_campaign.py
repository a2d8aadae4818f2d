from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.index_series import IndexValueMissing
from ..tools.indexation import exact
from .crm_subscription_line_terms import VERSION_FIELDS

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

    def _preview_revisions(self, day, to_billed=True):
        """Each price at a date: {subscription_id, line_id, outcome, reason, ...}.

        :param to_billed: whether days billed already are revised too, else they are an
            exception where the clause refuses them
        """
        values = self.clause_ids._get_observations()
        done = self._get_revised_lines(day)
        billed = {} if to_billed else self._get_lines_billed_from(day)
        # read at once here: a line looked at alone would read its own
        versions = self.line_ids.version_ids
        versions.fetch([*VERSION_FIELDS, "price_revision_id"])
        return [
            row
            for sub in self
            for row in sub._preview_prices(day, values, done, billed)
        ]

    def _get_revised_lines(self, day):
        revisions = self.env["crm.price.revision"].search(
            [
                ("subscription_id", "in", self.ids),
                ("effective_date", "=", day),
                ("state", "not in", ("cancelled", "undone")),
            ]
        )
        return revisions.line_id

    def _get_lines_billed_from(self, day):
        """{line: last day billed} of the lines billed from that day on."""
        # sudo: a row that one may not read is billed all the same
        rows = self.env["crm.billing.period"].sudo()
        domain = [
            ("subscription_id", "in", self.ids),
            ("kind", "=", "recurring"),
            ("cancelled", "=", False),
            ("date_to", ">=", day),
        ]
        return dict(rows._read_group(domain, ["line_id"], ["date_to:max"]))

    def _preview_prices(self, day, values, done, billed):
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
                else self._preview_price(line, day, values[self.clause_ids], billed)
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

    def _preview_price(self, line, day, values, billed):
        clause = self.clause_ids
        if clause.is_individual and not clause.individual_accepted:
            reason = clause._get_individual_warning()
            return {"outcome": "individual", "reason": reason}
        try:
            vals = self.env["crm.price.revision"]._prepare_revision(
                line, clause, day, values
            )
        except UserError as error:
            missing = isinstance(error.__cause__, IndexValueMissing)
            return {
                "outcome": "missing" if missing else "refused",
                "reason": str(error),
            }
        until = billed.get(line)
        reached = until and until >= vals["price_from"]
        figures = self._get_price_figures(line, day, vals)
        if reached and clause.billed_days == "refuse":
            reason = self.env._(
                "Billed until %(date)s already.", date=format_date(self.env, until)
            )
            return figures | {"outcome": "billed", "reason": reason}
        # not the effect over a year: a line of quantity nought has none
        changes = figures["p1"] != figures["p0"]
        return figures | {"outcome": self._get_outcome(vals, changes)}

    def _get_price_figures(self, line, day, vals):
        """The price before and after, and what both make in a year."""
        terms = line._get_version_at(day)
        current, revised = exact(terms.price_unit), exact(vals["p1"])
        quantity = self._get_quantity_a_year(terms)
        effect = revised - current
        return {
            "p0": float(current),
            "p1": vals["p1"],
            "price_percent": float(effect / current * 100) if current else 0,
            "old_year": float(current * quantity),
            "new_year": float(revised * quantity),
            "effect_year": float(effect * quantity),
            "reason": vals["warnings"],
        }

    def _get_outcome(self, vals, changes):
        if vals["limit_kind"] == "threshold":
            return "threshold"
        used = self.env["crm.price.index.value"].browse(vals["value_ids"][0][2])
        if not all(used.mapped("verified")):
            return "unverified"
        return "revise" if changes else "same"

    def _get_quantity_a_year(self, terms):
        """What a unit price is multiplied by over a year of full periods."""
        quantity = self.env["crm.price.revision"]._get_quantity(terms)
        return quantity * A_YEAR[self.unit] / self.interval
