from odoo import models


class AccountMoveReversal(models.TransientModel):
    """Reverse-and-create makes the new invoice bear the periods of the old one."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        carrying = self.with_context(crm_carry_periods=is_modify)
        return super(AccountMoveReversal, carrying).reverse_moves(is_modify)
