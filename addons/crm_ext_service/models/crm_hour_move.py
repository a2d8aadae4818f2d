from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_ext_core.tools.hooks import AuditFinding

from ..tools.hours import ACCOUNTS, AVAILABLE, Move, to_hours

ACCOUNT_LABELS = [
    ("purchased", "Purchased"),
    ("available", "Available"),
    ("consumed", "Consumed"),
    ("expired", "Expired"),
]


class CrmHourMove(models.Model):
    """A movement of hours inside a book, by double entry; nothing is ever deleted."""

    _name = "crm.hour.move"
    _description = "Hour move"
    _order = "date desc, id desc"

    name = fields.Char(string="Reason", required=True, readonly=True)
    date = fields.Date(
        required=True, readonly=True, default=fields.Date.context_today, index=True
    )
    book_id = fields.Many2one(
        "crm.hour.book", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="book_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="book_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("purchase", "Purchase"),
            ("consume", "Consumption"),
            ("return", "Return"),
            ("expire", "Expiry"),
            ("cancel", "Cancellation"),
        ],
        required=True,
        readonly=True,
    )
    hours = fields.Float(required=True, readonly=True, digits=(16, 4))
    debit = fields.Selection(ACCOUNT_LABELS, required=True, readonly=True)
    credit = fields.Selection(ACCOUNT_LABELS, required=True, readonly=True)
    signed_hours = fields.Float(
        string="Change",
        compute="_compute_signed_hours",
        store=True,
        digits=(16, 4),
        help="The effect on the hours that the customer can still use.",
    )
    case_id = fields.Many2one(
        "crm.case", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    reverses_id = fields.Many2one(
        "crm.hour.move",
        string="Undoes",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    reversal_ids = fields.One2many("crm.hour.move", "reverses_id")

    _hours_check = models.Constraint("CHECK (hours > 0)", "A move has hours.")
    _accounts_check = models.Constraint(
        "CHECK (debit <> credit)", "Hours move from one account to another."
    )
    _reverses_uniq = models.UniqueIndex(
        "(reverses_id) WHERE reverses_id IS NOT NULL", "A move is reversed once."
    )

    @api.depends("hours", "debit", "credit")
    def _compute_signed_hours(self):
        for move in self:
            sign = (move.debit == AVAILABLE) - (move.credit == AVAILABLE)
            move.signed_hours = sign * move.hours

    def write(self, vals):
        if vals:
            raise UserError(self.env._("Hour moves are never changed: reverse them."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Hour moves are never deleted: reverse them."))

    # ------------------------------------------------------------------ posting
    @api.model
    def _post(self, vals_list):
        """Create moves; the kind gives the accounts."""
        for vals in vals_list:
            vals["debit"], vals["credit"] = ACCOUNTS[vals["kind"]]
        return self.create(vals_list)

    def _reverse(self, kind):
        """Undo the moves that are not undone yet and undo nothing themselves."""
        standing = self.filtered(
            lambda move: not move.reversal_ids and not move.reverses_id
        )
        return self.create([move._prepare_reversal(kind) for move in standing])

    def _prepare_reversal(self, kind):
        undone = self._to_move().reversed()
        return {
            "book_id": self.book_id.id,
            "kind": kind,
            "hours": self.hours,
            "debit": undone.debit,
            "credit": undone.credit,
            "case_id": self.case_id.id,
            "reverses_id": self.id,
            "name": self.name,
        }

    def _to_move(self):
        return Move(self.debit, self.credit, to_hours(self.hours))

    # ------------------------------------------------------------------ audit
    @api.model
    def _audit_balances(self):
        """Each book's stored balance is the sum of its moves."""
        book = self.env["crm.hour.book"]
        sums = dict(self._read_group([], ["book_id"], ["signed_hours:sum"]))
        wrong = book.search([("id", "!=", False)]).filtered(
            lambda book: to_hours(book.hours_left) != to_hours(sums.get(book, 0.0))
        )
        return AuditFinding(
            broken=len(wrong),
            detail="\n".join(wrong.mapped("display_name")),
            res_model=book._name,
            res_ids=tuple(wrong.ids),
        )
