from odoo import fields, models

# beyond it the statement lists days instead of single events
LISTED = 200


class AccountMove(models.Model):
    """An invoice opens and prints the usage that it bills."""

    _inherit = "account.move"

    crm_usage_event_count = fields.Integer(compute="_compute_crm_usage_event_count")

    def _compute_crm_usage_event_count(self):
        for move in self:
            move.crm_usage_event_count = sum(
                move._crm_get_usage_rows().mapped("usage_event_count")
            )

    def _crm_get_usage_rows(self):
        # sudo: the invoice's reader may know what it bills
        rows = self.sudo().invoice_line_ids.crm_billing_period_id
        return rows.filtered("usage_detail").sorted(lambda it: (it.date_from, it.id))

    def action_view_crm_usage(self):
        return self._crm_get_usage_rows().action_view_usage()

    def _crm_get_usage_statement(self):
        """What the annex prints: (row, its usage) with single events, or days when
        there are many."""
        rows = self._crm_get_usage_rows()
        return [(row, row._get_usage_list(LISTED)) for row in rows]
