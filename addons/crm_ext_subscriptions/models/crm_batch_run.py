from odoo import fields, models
from odoo.exceptions import UserError


class CrmBatchRun(models.Model):
    """A billing run knows its invoices: look at them, print them, send them all."""

    _inherit = "crm.batch.run"

    crm_invoice_count = fields.Integer(
        string="Invoices", compute="_compute_crm_invoice_count"
    )

    crm_by_host_count = fields.Integer(
        string="Made by the host's ordinary way",
        compute="_compute_crm_by_host_count",
        help="Invoices that the fast way does not cover, such as those with a discount "
        "for early payment. They are the same, and took longer.",
    )

    def _compute_crm_by_host_count(self):
        counts = dict(
            self.env["crm.batch.unit"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["crm_by_host:sum"]
            )
        )
        for run in self:
            run.crm_by_host_count = counts.get(run, 0)

    def _compute_crm_invoice_count(self):
        # sudo: a count only; the invoices open under the reader's own rights
        counts = dict(
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [("crm_billing_period_id.run_id", "in", self.ids)],
                ["crm_billing_period_id"],
                ["move_id:array_agg_distinct"],
            )
        )
        found = {}
        for row, move_ids in counts.items():
            found.setdefault(row.run_id.id, set()).update(move_ids)
        for run in self:
            run.crm_invoice_count = len(found.get(run.id, ()))

    def action_view_crm_invoices(self):
        return self._get_crm_invoices()._crm_action_open()

    def action_print_crm_invoices(self):
        """One file with the PDF of every posted invoice of the run."""
        return self._get_crm_posted().action_invoice_download_pdf()

    def action_send_crm_invoices(self):
        """The host's own sending window, for every posted invoice of the run."""
        return self._get_crm_posted().action_send_and_print()

    def _get_crm_posted(self):
        posted = self._get_crm_invoices().filtered(lambda move: move.state == "posted")
        if not posted:
            raise UserError(self.env._("This run has no posted invoice yet."))
        return posted

    def _get_crm_invoices(self):
        lines = self.env["account.move.line"].search(
            [("crm_billing_period_id.run_id", "in", self.ids)]
        )
        return lines.move_id.sorted(lambda move: (move.name or "", move.id))
