from odoo import api, fields, models

from ..models.account_move import CREDIT_EFFECTS
from ..models.account_move_line import CARRY


class AccountMoveReversal(models.TransientModel):
    """A credit note says what becomes of the periods it credits; reverse-and-create
    makes the new invoice bear the periods of the old one."""

    _inherit = "account.move.reversal"

    crm_has_periods = fields.Boolean(compute="_compute_crm_has_periods")
    crm_credit_effect = fields.Selection(
        CREDIT_EFFECTS,
        string="Credited periods",
        default="gap",
        help="What becomes of the subscription periods that the credit note credits in "
        "full, once it is posted. Reverse and Create Invoice hands them to the new "
        "invoice instead.",
    )

    @api.depends("move_ids")
    def _compute_crm_has_periods(self):
        for wizard in self:
            wizard.crm_has_periods = bool(wizard.move_ids._crm_get_periods())

    def reverse_moves(self, is_modify=False):
        effect = "correction" if is_modify else self.crm_credit_effect or "gap"
        marked = self.with_context(
            crm_ledger=CARRY if is_modify else None, crm_credit_effect=effect
        )
        return super(AccountMoveReversal, marked).reverse_moves(is_modify)
