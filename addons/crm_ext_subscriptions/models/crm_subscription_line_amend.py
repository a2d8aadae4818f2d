from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount

from ..tools.adjustments import correct
from ..tools.amendments import Terms
from ..tools.indexation import exact


class CrmSubscriptionLine(models.Model):
    """Bridge between a line's versions and the arithmetic of changes."""

    _inherit = "crm.subscription.line"

    def _to_chain(self):
        """The line's dated terms, in order of effect then of entry."""
        self.ensure_one()
        versions = self.version_ids.sorted(lambda terms: (terms.date_from, terms.id))
        return tuple(
            Terms(
                version.date_from,
                exact(version.standing_quantity if version.stop else version.quantity),
                exact(version.price_unit),
                exact(version.discount),
                version.stop or "",
            )
            for version in versions
        )

    def _apply_terms(self, added, change):
        """Write new terms as versions of a change."""
        self.ensure_one()
        # sudo: versions are history, no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(
            [
                {
                    "line_id": self.id,
                    "date_from": terms.date_from,
                    "quantity": float(terms.billed_quantity),
                    "standing_quantity": float(terms.quantity),
                    "price_unit": float(terms.price),
                    "discount": float(terms.discount),
                    "stop": terms.stop or False,
                    "reason": change.kind,
                    "change_id": change.id,
                    "entered_by": self.env.uid,
                }
                for terms in added
            ]
        )

    def _open_change_version(self, change):
        """First terms of a line that a change adds."""
        # sudo: versions are history, no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(
            [
                {
                    "line_id": line.id,
                    "date_from": line.date_from,
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "stop": False,
                    "reason": change.kind,
                    "change_id": change.id,
                    "entered_by": self.env.uid,
                }
                for line in self
            ]
        )

    def _get_terms_label(self, day):
        """Quantity and price on a day, such as "3 × €10.00 -5%"."""
        terms = self._get_version_at(day)
        if not terms or terms.stop in ("remove", "close"):
            return "0"
        quantity = terms.standing_quantity if terms.stop else terms.quantity
        price = format_amount(self.env, terms.price_unit, self.currency_id)
        discount = f" -{terms.discount:g} %" if terms.discount else ""
        return f"{quantity:g} × {price}{discount}"

    def _correct(self, rows, before=()):
        """What these billed rows lack or have too much under the terms known now.

        :param before: the line's chain as it stood, to tell which days changed
        """
        self.ensure_one()
        if not self._is_priced_by_terms():
            return []
        return correct(
            [row._to_billed_row() for row in rows.sorted("date_from")],
            lambda first, last: exact(self._price_days(first, last)),
            before,
            self._to_chain(),
        )

    def _is_priced_by_terms(self):
        """Whether dated terms make the amount: usage and one-off lines have others."""
        return self.line_type == "recurring" and not self.display_type

    def _check_amendable(self, subscription):
        """The line of that id belongs to this subscription, and its terms change."""
        self.ensure_one()
        if self not in subscription.line_ids or not self._is_priced_by_terms():
            raise UserError(
                self.env._(
                    "Line: choose a recurring line of %(name)s.", name=subscription.name
                )
            )
        return self
