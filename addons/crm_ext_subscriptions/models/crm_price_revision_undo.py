from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.amendments import in_force
from ..tools.indexation import exact


class CrmPriceRevision(models.Model):
    """A revision taken back while nothing was invoiced at its price.

    Nothing is deleted: versions more restore the earlier terms, and the next revision
    starts from the price and the index before.
    """

    _inherit = "crm.price.revision"

    undo_problem = fields.Char(
        string="Why it cannot be undone", compute="_compute_undo_problem"
    )

    @api.depends("state", "version_ids", "adjustment_ids", "regularised_by_ids.state")
    def _compute_undo_problem(self):
        problems = self._find_undo_problems()
        for revision in self:
            revision.undo_problem = problems.get(revision, "")

    # ------------------------------------------------------------------ actions
    def action_undo(self):
        """Restore the earlier price, while nothing was invoiced at the new one."""
        self._check_may_decide("applied")
        return self._carry_out("undo")

    def _undo(self, to_billed=False):
        """:param to_billed: what was invoiced is credited instead of refusing"""
        self.subscription_id._lock_for_billing()
        if problems := self._find_undo_problems(to_billed):
            raise UserError("\n".join(problems.values()))
        chains = {line: line._to_chain() for line in self.line_id}
        vals_list = [vals for revision in self for vals in revision._prepare_undo()]
        # sudo: versions are history, no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(vals_list)
        self._drop_adjustments()
        self._adjust_billed(self._find_billed_rows(), chains, "undo")
        self._advance(
            {
                "state": "undone",
                "undone_at": fields.Datetime.now(),
                "undone_by": self.env.uid,
            }
        )
        # sudo: a regularisation taken back is owed again; the rights were checked
        self.regularises_id.sudo().provisional = True
        self._close_activities()

    def _prepare_undo(self):
        """Versions that set the price as it was, wherever this revision's stands."""
        own = self.version_ids.filtered(lambda version: version._is_made_by(self))
        first = min(own.ids)
        versions = self.line_id.version_ids.sorted(
            lambda version: (version.date_from, version.id)
        )
        before = versions.filtered(lambda version: version.id < first)
        day = min(own.mapped("date_from"))
        made = exact(own.sorted("id")[0].price_unit)
        chain, vals_list = self.line_id._to_chain(), []
        for begin in sorted({v.date_from for v in versions if v.date_from >= day}):
            terms = in_force(chain, begin)
            earlier = before.filtered(lambda v, begin=begin: v.date_from <= begin)[-1:]
            if terms.price == made and earlier:
                vals_list.append(
                    self._prepare_version(
                        replace(
                            terms, date_from=begin, price=exact(earlier.price_unit)
                        ),
                        earlier.price_revision_id,
                        undone_revision_id=self.id,
                    )
                )
        return vals_list

    def _drop_adjustments(self):
        """What was to be invoiced because of it is no longer; the rows stay."""
        # sudo: the ledger is written by the engine alone
        pending = self.sudo().adjustment_ids.filtered(
            lambda row: not row.cancelled and not row.invoice_line_ids
        )
        pending.write(
            {
                "cancelled": True,
                "cancelled_at": fields.Datetime.now(),
                "settlement": "superseded",
                "settled_by": self.env.uid,
            }
        )

    # ------------------------------------------------------------------ problems
    def _find_undo_problems(self, to_billed=False):
        """{revision: why it is not undone}."""
        applied = self.filtered(lambda revision: revision.state == "applied")
        later = applied._find_later()
        invoiced = {} if to_billed else applied._find_invoiced(later)
        problems = {}
        for revision in applied:
            if number := invoiced.get(revision):
                problems[revision] = self.env._(
                    "%(revision)s: invoiced at the new price already, by %(invoice)s.",
                    revision=revision.display_name,
                    invoice=number,
                )
            elif following := later.get(revision):
                problems[revision] = self.env._(
                    "%(revision)s: %(later)s follows it. Undo that one first.",
                    revision=revision.display_name,
                    later=following.display_name,
                )
        return problems

    def _find_later(self):
        """{revision: the one applied on top of it}."""
        following = self.search(
            [
                ("state", "=", "applied"),
                "|",
                ("previous_id", "in", self.ids),
                ("regularises_id", "in", self.ids),
            ]
        )
        return {one.regularises_id or one.previous_id: one for one in following}

    def _find_invoiced(self, later):
        """{revision: the invoice of a row at its price}."""
        # sudo: a row or an invoice that one may not read counts all the same
        rows = self.sudo()._find_billed_rows()
        adjustments = rows.search(
            [
                ("kind", "=", "adjustment"),
                ("line_id", "in", self.line_id.ids),
                ("cancelled", "=", False),
            ]
        )
        own = (rows + adjustments).filtered("invoice_line_ids").grouped("line_id")
        found = {}
        for revision in self:
            bearing = own.get(revision.line_id, rows.browse())
            priced = bearing.filtered(revision._is_at_its_price)
            if priced:
                move = priced[0].move_id
                found[revision] = move.name or move.display_name
        return found

    def _is_at_its_price(self, row):
        """Whether a row was written under the versions of this revision."""
        if row.date_to < self._get_first_day():
            return False
        if row.kind == "adjustment":
            return row.price_revision_id == self or row.create_date > self.applied_at
        first = min(self.version_ids.filtered(lambda v: v._is_made_by(self)).ids)
        return row.version_id.id >= first
