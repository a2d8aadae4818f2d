from odoo import fields, models


class SaleOrder(models.Model):
    """Confirming a sale opens its hour books, cancelling it takes unused ones back."""

    _inherit = "sale.order"

    crm_hour_book_count = fields.Integer(
        string="Hour books", compute="_compute_crm_hour_book_count"
    )

    def _compute_crm_hour_book_count(self):
        # sudo: the count only
        counts = (
            self.env["crm.hour.book"]
            .sudo()
            ._read_group(
                [("sale_line_id", "in", self.order_line.ids)],
                ["sale_line_id"],
                ["__count"],
            )
        )
        by_line = dict(counts)
        for order in self:
            order.crm_hour_book_count = sum(
                by_line.get(line, 0) for line in order.order_line
            )

    def _action_confirm(self):
        result = super()._action_confirm()
        self.order_line._crm_open_hour_books()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self.order_line._crm_hour_books()._cancel()
        return result

    def action_crm_open_hour_books(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_service.crm_hour_book_action"
        )
        return action | {
            "domain": [("sale_line_id", "in", self.order_line.ids)],
            "context": {},
        }
