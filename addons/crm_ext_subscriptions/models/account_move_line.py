from odoo import fields, models


class AccountMoveLine(models.Model):
    """An invoice line knows the billed period that it stands for."""

    _inherit = "account.move.line"

    # Plain and nullable: adding it locks account_move_line for the moment of a
    # catalogue change; its partial index (no row yet) and its foreign key scan the
    # table once, during which writes wait. A ledger row that goes (uninstall) leaves
    # the line alone.
    crm_billing_period_id = fields.Many2one(
        "crm.billing.period",
        string="Billed period",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )

    def unlink(self):
        borne = self.filtered("crm_billing_period_id")
        # the accountant who deletes a line does not need write access to the ledger
        borne.sudo().crm_billing_period_id._free("deleted", borne.sudo())
        return super().unlink()

    def _copy_data_extend_business_fields(self, values):
        """Reverse-and-create hands the period on; a credit note or a copy does not."""
        res = super()._copy_data_extend_business_fields(values)
        if self.env.context.get("crm_carry_periods") and self.crm_billing_period_id:
            values["crm_billing_period_id"] = self.crm_billing_period_id.id
        return res
