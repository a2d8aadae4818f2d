from odoo import models

from .crm_complete_mixin import Complete


class Posting:
    """In the context: complete invoices are being posted; how their journals number."""

    def __init__(self):
        self.formats = {}


# the state of an invoice has no bearing on these: its lines are what they were
STATELESS = (
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "amount_untaxed_signed",
    "amount_untaxed_in_currency_signed",
    "amount_tax_signed",
    "amount_total_signed",
    "amount_total_in_currency_signed",
    "amount_residual_signed",
    "invoice_date_due",
)


class AccountMove(models.Model):
    """Creation and posting of complete invoices (crm.invoice.builder).

    What is skipped is what would only find again the values that are there; every check
    of the host runs.
    """

    _inherit = "account.move"

    def _crm_create_complete(self, vals_list):
        """Create invoices from complete values, lines and all.

        The host's synchronisation of lines (taxes, terms, totals) is skipped: there is
        nothing left to derive. The check that each entry balances is not.
        """
        moves = self.with_context(
            crm_complete=Complete(),
            skip_invoice_sync=True,
            skip_invoice_line_sync=True,
            skip_analytic_sync=True,
        ).create(vals_list)
        moves = moves.with_env(self.env)
        moves._crm_name_instalments()
        return moves

    def _crm_name_instalments(self):
        """The host numbers instalments in their labels; one due date has none yet."""
        several = self.filtered(
            lambda move: len(move.invoice_payment_term_id.line_ids) > 1
        )
        lines = several.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.env.add_to_compute(lines._fields["name"], lines)

    def _crm_post_complete(self):
        self.with_context(crm_posting=Posting())._post(soft=False)

    def write(self, vals):
        """Posting changes no amount: totals, due date and lines stay as created."""
        posting = self.env.context.get("crm_posting")
        if vals.get("state") != "posted" or not isinstance(posting, Posting):
            return super().write(vals)
        moves = self.with_context(skip_invoice_sync=True)
        with self.env.protecting([self._fields[name] for name in STATELESS], self):
            return super(AccountMove, moves).write(vals)

    def _get_next_sequence_format(self):
        """Ask the database once for the format of a journal's numbers, not for each
        invoice; the next number itself still comes from `_locked_increment`, which
        holds the lock of the first."""
        posting = self.env.context.get("crm_posting")
        if not isinstance(posting, Posting):
            return super()._get_next_sequence_format()
        key = (self.journal_id, self.move_type, self.date)
        if key not in posting.formats:
            posting.formats[key] = super()._get_next_sequence_format()
        text, values = posting.formats[key]
        return text, dict(values)
