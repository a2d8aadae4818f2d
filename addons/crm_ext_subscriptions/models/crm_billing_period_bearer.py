from odoo import fields, models
from odoo.exceptions import UserError

from .account_move_line import BILLING

# what a row bills, as opposed to what became of it
TERMS = (
    "subscription_id",
    "line_id",
    "version_id",
    "kind",
    "date_from",
    "date_to",
    "due_date",
    "days",
    "whole_days",
    "quantity",
    "price_unit",
    "discount",
    "amount",
    "adjusts_id",
    "cause",
)


class CrmBillingPeriod(models.Model):
    """What becomes of a row when its invoice is deleted, cancelled, revived, credited.

    The fate of a row is never counted up event by event: `_review` reads it from the
    line that bears it and the credit notes posted on it, so that any order of the
    accountant's steps ends at the same place. One row is on one invoice line at most
    (a unique index); the rows that bill the same thing one after the other are a
    family, of which one at most is live.
    """

    _inherit = "crm.billing.period"

    renews_id = fields.Many2one(
        "crm.billing.period",
        string="Bills again",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        help="The freed row at the origin of this one.",
    )

    def _invoice(self, invoice_date, post):
        """Only what this engine makes of the rows may point to them."""
        rows = self.with_context(crm_ledger=BILLING)
        moves = super(CrmBillingPeriod, rows)._invoice(invoice_date, post)
        return moves.with_context(crm_ledger=None)

    # ------------------------------------------------------------------ actions
    def action_bill_again(self):
        """Invoice the freed periods anew: one new row and one new line each."""
        self._check_may_decide()
        self._check_guarded()
        # the ledger's tables are written by the engine alone
        self.sudo().write({"settlement": "billed_again", "settled_by": self.env.uid})
        return self._bill_again()._crm_action_open()

    def action_accept_gap(self):
        """State that the freed periods stay unbilled, and who said so."""
        self._check_may_decide()
        # sudo: as in action_bill_again
        self.sudo().write({"settlement": "accepted", "settled_by": self.env.uid})
        return True

    def _check_may_decide(self):
        self.env["crm.subscription"]._check_may_bill()
        if self.filtered(lambda row: row.settlement != "open"):
            raise UserError(
                self.env._("Only a freed period still to decide is treated.")
            )

    def _bill_again(self):
        moves = self.env["account.move"]
        for company, rows in self._renew().grouped("company_id").items():
            moves += rows._invoice(company._crm_today(), post=False)
        return moves

    def _renew(self):
        """New live rows for the days and terms of freed ones."""
        # rows freed in this very transaction must be so for the constraint too
        self.flush_model(["cancelled"])
        # sudo: users never write the ledger, see the access rights
        freed = self.sudo()
        rows = freed.create([row._prepare_renewal() for row in freed])
        return rows.sudo(False)

    def _prepare_renewal(self):
        terms = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in TERMS
        }
        rank = {"seq": self._get_next_seq()} if self.kind == "adjustment" else {}
        return terms | rank | {"renews_id": self._get_origin().id}

    def _get_next_seq(self):
        twins = [("adjusts_id", "=", self.adjusts_id.id), ("cause", "=", self.cause)]
        ((last,),) = self._read_group(twins, [], ["seq:max"])
        return last + 1

    # ------------------------------------------------------------------ fate
    def _review(self, lost=None):
        """Set these rows to what their invoice and credit notes make of them.

        :param lost: those whose invoice line was deleted just now
        """
        if not self:
            return
        # sudo: who cancels an invoice needs no write access to the ledger
        rows, lost = self.sudo(), lost or self.browse()
        credits = rows._read_credits()
        again = self.browse()
        for row in rows:
            fate = row._get_fate(credits.get(row), row in lost)
            if fate == "live":
                row._revive()
            elif row._is_news(fate):
                effect = credits[row][1] if fate == "credited" else None
                row._free(fate, effect)
                again += row if effect == "again" else self.browse()
        if again:
            again.with_env(self.env).sudo(False)._bill_again()

    def _read_credits(self):
        """{row: (amount, effect)} of the posted credit notes that settle periods."""
        lines = self.env["account.move.line"]._read_group(
            [
                ("crm_related_period_id", "in", self.ids),
                ("move_id.move_type", "=", "out_refund"),
                ("parent_state", "=", "posted"),
                ("move_id.crm_credit_effect", "in", ("gap", "again")),
            ],
            ["crm_related_period_id"],
            ["price_subtotal:sum", "move_id:recordset"],
        )
        return {
            row: (
                amount,
                "again" if "again" in moves.mapped("crm_credit_effect") else "gap",
            )
            for row, amount, moves in lines
        }

    def _get_fate(self, credit, is_lost):
        line = self.invoice_line_ids
        if line and credit and self._is_covered(line.price_subtotal, credit[0]):
            return "credited"
        if line:
            return "cancelled" if line.move_id.state == "cancel" else "live"
        return "deleted" if is_lost or self.cancelled else "live"

    def _is_covered(self, billed, credited):
        return self.currency_id.compare_amounts(abs(credited), abs(billed)) >= 0

    def _is_news(self, fate):
        """What a person decided on a freed row stands, unless a credit note posted
        on it settles it, or the one that explained its gap is taken back."""
        if not self.cancelled:
            return True
        if fate == "credited":
            return self.settlement == "open"
        return self.cancel_reason == "credited" and self.settlement == "accepted"

    def _free(self, reason, effect=None):
        settlement = {"gap": "accepted", "again": "billed_again"}.get(effect, "open")
        self.write(
            {
                "cancelled": True,
                "cancel_reason": reason,
                "cancelled_at": fields.Datetime.now(),
                "settlement": settlement,
                "settled_by": self.env.uid if effect else False,
            }
        )

    def _revive(self):
        """Take back a row whose invoice stands again, unless another one bills it."""
        if not self.cancelled:
            return
        family = self._get_family()
        if rivals := family.filtered(lambda row: not row.cancelled):
            raise UserError(
                self.env._(
                    "%(periods)s: billed again meanwhile by another invoice "
                    "(%(invoices)s). Cancel that one first.",
                    periods=", ".join(self.mapped("display_name")),
                    invoices=", ".join(rivals.move_id.mapped("display_name")),
                )
            )
        family.filtered(lambda row: row.settlement == "open").settlement = "superseded"
        self.write(
            {
                "cancelled": False,
                "cancel_reason": False,
                "cancelled_at": False,
                "settlement": False,
                "settled_by": False,
            }
        )

    def _get_origin(self):
        return self.renews_id or self

    def _get_family(self):
        """The other rows that stand, or stood, for the same thing to bill."""
        origin = self._get_origin()
        members = self.search(
            ["|", ("id", "=", origin.id), ("renews_id", "=", origin.id)]
        )
        return members - self
