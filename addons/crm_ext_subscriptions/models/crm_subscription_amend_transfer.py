from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.recurrence import periods_per_year

# what follows the customer, not the contract
CUSTOMER_FIELDS = (
    "partner_invoice_id",
    "payment_term_id",
    "fiscal_position_id",
    "client_order_ref",
)
HISTORY_FIELDS = (
    "date_from",
    "quantity",
    "standing_quantity",
    "stop",
    "price_unit",
    "discount",
    "usage_price_id",
    "reason",
    "price_revision_id",
)


class CrmSubscription(models.Model):
    """What goes on elsewhere: under another customer, or at another frequency.

    The subscription ends the day before, a new one begins, and the change links them.
    """

    _inherit = "crm.subscription"

    predecessor_id = fields.Many2one(
        "crm.subscription",
        string="Continues",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )

    def _amend_transfer(self, change, values):
        """Another customer entity takes over the same periods at the same terms."""
        partner = self.env["res.partner"].browse(int(self._take(values, "partner_id")))
        if partner == self.partner_id:
            raise UserError(self.env._("Customer: it is the same as before."))
        vals = self._prepare_successor(change)
        for name in CUSTOMER_FIELDS:
            vals.pop(name, None)
        vals["partner_id"] = partner.id
        if values.get("partner_invoice_id"):
            vals["partner_invoice_id"] = int(values["partner_invoice_id"])
        lines = self._get_lines_to_continue(change)
        vals["line_ids"] = [
            fields.Command.create(line._prepare_transferred(change)) for line in lines
        ]
        successor = self._continue_as(change, vals)
        pairs = zip(lines, successor.line_ids, strict=True)
        lines._copy_history(pairs, change)
        change.description = self.env._(
            "To %(customer)s, subscription %(name)s",
            customer=partner.display_name,
            name=successor.name,
        )

    def _amend_swap_plan(self, change, values):
        """Another frequency: the rest of the period is credited, the new one begins."""
        plan = self.env["crm.subscription.plan"].browse(
            int(self._take(values, "plan_id"))
        )
        if self.price_basis == "total":
            raise UserError(
                self.env._("Plan: a total split in instalments keeps its own.")
            )
        vals = self._prepare_successor(change)
        old_rate = periods_per_year(self.interval, self.unit)
        rate = float(old_rate / periods_per_year(plan.interval, plan.unit))
        vals |= {
            "plan_id": plan.id,
            "date_start": change.effective_date,
            "interval": plan.interval,
            "unit": plan.unit,
            "anchor_days": plan.anchor_days,
            "invoicing": plan.invoicing,
            "instalments": plan.instalments,
            "trial_days": 0,
            "line_ids": [
                fields.Command.create(line._prepare_replanned(change, rate))
                for line in self._get_lines_to_continue(change)
            ],
        }
        successor = self._continue_as(change, vals)
        successor.line_ids._open_versions()
        change.description = self.env._(
            "%(before)s → %(after)s, subscription %(name)s",
            before=self.plan_id.name or "",
            after=plan.name,
            name=successor.name,
        )

    # ------------------------------------------------------------------ heirs
    def _get_first_day(self):
        """First day of the contract here: what another subscription goes on in keeps
        its start, whose periods it shares, but begins on the day of the takeover."""
        # sudo: who follows this subscription may not read the one before it
        taken = (
            self.env["crm.subscription.change"]
            .sudo()
            .search([("successor_id", "=", self.id)], limit=1)
        )
        return max(filter(None, (self.date_start, taken.effective_date)))

    def _check_no_heir(self, day):
        """What goes on elsewhere does not go on here as well."""
        heir = self._find_heir(day)
        if heir:
            raise UserError(
                self.env._(
                    "Date: on %(date)s %(name)s goes on as %(heir)s, of %(customer)s. "
                    "Transfer that one back or replace its plan; or close it first.",
                    date=format_date(self.env, day),
                    name=self.name,
                    heir=heir.name,
                    customer=heir.partner_id.display_name,
                )
            )

    def _check_no_predecessor(self):
        """A change made it, and ended the one before: as a draft nobody would bill
        the contract any more."""
        # sudo: the one before may be another salesperson's, and is only named
        heir = self.sudo().filtered("predecessor_id")[:1]
        if heir:
            raise UserError(
                self.env._(
                    "%(name)s continues %(before)s: it stays confirmed. Transfer it "
                    "back, replace its plan, or close it.",
                    name=heir.name,
                    before=heir.predecessor_id.name,
                )
            )

    def _find_heir(self, day):
        """The subscription that this one goes on in, itself or by another one, and
        that runs on a day or later."""
        # sudo: it may be another salesperson's, and is only named
        heirs = found = self.sudo()
        while heirs:
            heirs = heirs.search([("predecessor_id", "in", heirs.ids)])
            found |= heirs
        return (found - self).filtered(lambda heir: heir._runs_from(day))[:1]

    def _runs_from(self, day):
        """Whether it is in force on a day or later."""
        last = self.date_term
        first = max(day, self._get_first_day())
        return self.state != "draft" and (not last or last >= first)

    # ------------------------------------------------------------------ steps
    def _prepare_successor(self, change):
        if change.effective_date <= self.date_start:
            raise UserError(
                self.env._("Date: enter a day after the start of %s.", self.name)
            )
        (vals,) = self.copy_data({"line_ids": []})
        return vals | {"user_id": self.user_id.id, "predecessor_id": self.id}

    def _continue_as(self, change, vals):
        """The successor runs from the day on which this one no longer does."""
        last = change.effective_date - timedelta(days=1)
        successor = self.create(vals)
        successor._change_state("running")
        change.write({"successor_id": successor.id, "date_end_before": self.date_end})
        self._end(change, last)
        reason = self.env.ref(
            "crm_ext_subscriptions.crm_close_reason_transfer", raise_if_not_found=False
        )
        self._write_terms({"close_reason_id": reason and reason.id})
        return successor

    def _get_lines_to_continue(self, change):
        """What still runs, with its sections and notes."""
        day = change.effective_date
        lines = self.line_ids.filtered(
            lambda line: (
                line.display_type
                or line.line_type == "usage"
                or (
                    line.line_type == "recurring"
                    and (line._get_version_at(day) or line.version_ids[:1]).stop
                    not in ("remove", "close")
                )
            )
        )
        if all(line.display_type for line in lines):
            raise UserError(
                self.env._(
                    "Date: no line of %(name)s runs on that day.", name=self.name
                )
            )
        return lines
