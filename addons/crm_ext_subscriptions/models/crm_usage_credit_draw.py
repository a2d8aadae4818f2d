from odoo import api, fields, models


class CrmUsageCreditDraw(models.Model):
    """What a row of the ledger took from a prepaid credit, or gave back."""

    _name = "crm.usage.credit.draw"
    _description = "Draw on a prepaid credit"
    _order = "id desc"
    _rec_name = "credit_id"

    credit_id = fields.Many2one(
        "crm.usage.credit", required=True, ondelete="restrict", index=True
    )
    billing_period_id = fields.Many2one(
        "crm.billing.period", required=True, ondelete="restrict", index=True
    )
    subscription_id = fields.Many2one(related="credit_id.subscription_id", store=True)
    user_id = fields.Many2one(related="credit_id.user_id", store=True)
    company_id = fields.Many2one(related="credit_id.company_id", store=True)
    kind = fields.Selection(related="credit_id.kind")
    quantity = fields.Float(
        string="Drawn",
        digits=(18, 6),
        min_display_digits="Product Unit",
        required=True,
        help="Money or units; negative: given back.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Draw, and count it in the books: the database refuses too much."""
        draws = super().create(vals_list)
        for credit, own in draws.grouped("credit_id").items():
            credit.drawn += sum(own.mapped("quantity"))
        # refused here, not when something else is flushed
        draws.credit_id.flush_recordset(["drawn"])
        return draws
