from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.amendments import Alteration, AmendmentError, amend, in_force
from ..tools.indexation import exact


class CrmPriceRevision(models.Model):
    """From an approved revision to the price: dated versions, and what billed days owe.

    A revision that reaches days already billed changes nothing of their invoices: the
    ledger's adjustments bear the supplement or the credit.
    """

    _inherit = "crm.price.revision"

    adjustment_ids = fields.One2many(
        "crm.billing.period", "price_revision_id", string="Supplements and credits"
    )
    adjustment_total = fields.Monetary(
        string="Supplement or credit",
        compute="_compute_adjustment_total",
        help="Owed for days billed already: above zero a supplement, below a credit.",
    )
    billed_until = fields.Date(
        compute="_compute_billed_until",
        help="Last day billed, when the new price reaches days billed already.",
    )

    @api.depends("adjustment_ids.amount", "adjustment_ids.cancelled")
    def _compute_adjustment_total(self):
        for revision in self:
            # sudo: whoever reads the revision may know what it owes
            rows = revision.sudo().adjustment_ids.filtered(
                lambda row: not row.cancelled
            )
            revision.adjustment_total = sum(rows.mapped("amount"))

    @api.depends("line_id.period_ids", "price_from")
    def _compute_billed_until(self):
        rows = self._find_billed_rows().grouped("line_id")
        for revision in self:
            own = rows.get(revision.line_id, self.env["crm.billing.period"])
            first = revision._get_first_day()
            reached = own.filtered(lambda row, first=first: row.date_to >= first)
            revision.billed_until = max(reached.mapped("date_to"), default=False)

    # ------------------------------------------------------------------ actions
    def action_apply(self):
        """Add to each line a version at the new price from the effective date."""
        self._check_may_decide("approved")
        return self._carry_out("apply")

    def action_apply_to_billed(self):
        """The same, days billed already included: they owe a supplement or a credit."""
        self._check_may_decide("approved")
        return self._carry_out("apply", to_billed=True)

    def _apply(self, to_billed=False):
        self.subscription_id._lock_for_billing()
        self._check_notice()
        self._check_contested()
        rows = self._find_billed_rows()
        self._check_not_billed(rows, to_billed)
        (self - self._get_regularisations())._check_base()
        chains = {line: line._to_chain() for line in self.line_id}
        self._write_versions(chains)
        self._adjust_billed(rows, chains)
        self._advance(
            {
                "state": "applied",
                "applied_at": fields.Datetime.now(),
                "applied_by": self.env.uid,
            }
        )
        self._conclude_regularisations()

    # ------------------------------------------------------------------ checks
    def _get_first_day(self):
        """First day of the new price."""
        return self.price_from or self.effective_date

    def _find_billed_rows(self):
        """Live rows of these lines with a day from a new price on."""
        days = [revision._get_first_day() for revision in self]
        # sudo: a row that one may not read is billed all the same
        rows = self.env["crm.billing.period"].sudo()
        if not days:
            return rows
        return rows.search(
            [
                ("line_id", "in", self.line_id.ids),
                ("kind", "=", "recurring"),
                ("cancelled", "=", False),
                ("date_to", ">=", min(days)),
            ]
        )

    def _check_not_billed(self, rows, to_billed):
        """Billed days keep their price unless the clause or a person says otherwise."""
        by_line = {} if to_billed else rows.grouped("line_id")
        for revision in self.filtered(lambda one: one.line_id in by_line):
            settled = revision.regularises_id
            if settled or revision.clause_id.billed_days == "adjust":
                continue
            first = revision._get_first_day()
            reached = by_line[revision.line_id].filtered(
                lambda row, first=first: row.date_to >= first
            )
            if reached:
                raise UserError(
                    self.env._(
                        "%(revision)s: billed until %(date)s already. Choose a later "
                        "effective date, or apply it to the days billed, with a "
                        "supplement or a credit.",
                        revision=revision.display_name,
                        date=format_date(self.env, max(reached.mapped("date_to"))),
                    )
                )

    # ------------------------------------------------------------------ versions
    def _write_versions(self, chains):
        """Versions are history: no user writes them directly."""
        vals_list = []
        for revision in self:
            vals_list += revision._prepare_versions(chains[revision.line_id])
        # sudo: the rights were checked by the calling action
        self.env["crm.subscription.line.version"].sudo().create(vals_list)

    def _prepare_versions(self, chain):
        day = self._get_first_day()
        price = exact(self._get_unit_price(self.line_id._get_version_at(day)))
        try:
            added = amend(chain, day, Alteration(price=price))
        except AmendmentError as error:
            raise UserError(
                self.env._(
                    "%(revision)s: the line is not in force on that day.",
                    revision=self.display_name,
                )
            ) from error
        if not added or added[0].date_from != day:
            # a price that stays is revised all the same: the next one starts from it
            same = replace(in_force(chain, day), date_from=day, price=price)
            added = (same, *added)
        return [self._prepare_version(terms, self) for terms in added]

    def _prepare_version(self, terms, revision, **values):
        """Values of a version of this line.

        :param revision: the one that made its price, if any
        """
        return {
            "line_id": self.line_id.id,
            "date_from": terms.date_from,
            "quantity": float(terms.billed_quantity),
            "standing_quantity": float(terms.quantity),
            "price_unit": float(terms.price),
            "discount": float(terms.discount),
            "stop": terms.stop or False,
            "reason": "revision",
            "price_revision_id": revision.id,
            "entered_by": self.env.uid,
            **values,
        }

    # ------------------------------------------------------------------ ledger
    def _adjust_billed(self, rows, chains, cause=None):
        """What the new prices owe on days billed already, by the ledger's engine."""
        revisions = {revision.line_id: revision for revision in self}
        reached = rows.filtered(
            lambda row: row.date_to >= revisions[row.line_id]._get_first_day()
        )
        groups = reached.grouped(
            lambda row: (
                row.subscription_id._get_settlement_date(),
                cause or revisions[row.line_id]._get_cause(),
            )
        )
        for (due_date, why), own in groups.items():
            for adjustment in own._adjust(why, due_date, chains):
                adjustment.price_revision_id = revisions[adjustment.line_id]

    def _get_cause(self):
        return "regularisation" if self.regularises_id else "revision"
