from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.amendments import Alteration
from ..tools.indexation import exact
from ..tools.periods import number_of


class CrmSubscription(models.Model):
    """Renewal: a further term, silently or at the terms of a quotation."""

    _inherit = "crm.subscription"

    def _amend_renew(self, change, values):
        self._check_renewable()
        before = self.date_term
        self._write_terms(self._prepare_renewal_terms(values))
        if self.state == "closed":
            self._change_state("running")
        change.date_end_before = before
        change.description = self.env._(
            "%(before)s → %(after)s",
            before=format_date(self.env, before),
            after=format_date(self.env, self.date_term),
        )

    def _renew(self, order=None):
        """Renew for one more term, from the day after this one.

        :param order: the quotation of renewal, whose quantities and prices hold then
        """
        changes = self.env["crm.subscription.change"]
        for subscription in self:
            change = subscription._amend("renew", "next", {})
            if order:
                subscription._apply_renewal_order(change, order)
            changes += change
        return changes

    def _check_renewable(self):
        problem = ""
        if not self.date_term:
            problem = self.env._("it has no term")
        elif self.close_reason_id:
            problem = self.env._("it was closed; reopen it instead")
        elif self.price_basis == "total":
            problem = self.env._(
                "it is a total split in instalments; enter a new subscription"
            )
        if problem:
            raise UserError(
                self.env._(
                    "%(name)s is not renewed: %(problem)s.",
                    name=self.name,
                    problem=problem,
                )
            )

    def _prepare_renewal_terms(self, values):
        count = int(values.get("instalments") or 0)
        end = fields.Date.to_date(values.get("date_end"))
        if not end and not (count and self.instalments):
            end = self._get_renewed_end()
        if end and end <= self.date_term:
            raise UserError(
                self.env._(
                    "End: %(name)s runs until %(date)s already.",
                    name=self.name,
                    date=format_date(self.env, self.date_term),
                )
            )
        if not self.instalments:
            return {"date_end": end}
        if not count:
            count = number_of(self._to_terms(), end) - self.instalments
        return {"instalments": self.instalments + count, "date_end": False}

    def _get_renewed_end(self):
        """Last day of the next term, as long as the contract says."""
        months = self.renewal_interval * (12 if self.renewal_unit == "year" else 1)
        first = self.date_term + timedelta(days=1)
        return first + relativedelta(months=months, days=-1)

    # ------------------------------------------------------------------ quotation
    def action_renewal_quotation(self):
        """Make the quotation whose confirmation renews, and open it."""
        self.ensure_one()
        self._check_renewable()
        order = self.env["sale.order"].create(self._prepare_renewal_order())
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "view_mode": "form",
        }

    def _apply_renewal_order(self, change, order):
        """From the new term on, the lines are what the quotation says."""
        left = self._get_amendable_lines(change.effective_date)
        for sold in order.order_line.filtered("crm_plan_id"):
            line = left.filtered(
                lambda one, sold=sold: one.product_id == sold.product_id
            )
            if line:
                left -= line[0]
                self._alter_line(change, line[0], self._to_alteration(sold))
            elif sold.product_uom_qty:
                self._add_line(change, self._prepare_sold_line(sold))
        for line in left:
            self._remove_line(change, line)

    def _to_alteration(self, sold):
        return Alteration(
            quantity=exact(sold.product_uom_qty),
            price=exact(sold.price_unit),
            discount=exact(sold.discount),
        )

    def _prepare_sold_line(self, sold):
        return {
            "product_id": sold.product_id.id,
            "name": sold.name,
            "quantity": sold.product_uom_qty,
            "price_unit": sold.price_unit,
            "discount": sold.discount,
        }
