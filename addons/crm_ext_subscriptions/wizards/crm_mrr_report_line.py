from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

CHOICES = {
    "start": SQL("at_start"),
    "lost": SQL("at_start AND status = 'lost'"),
    "paying": SQL("mrr_end > 0"),
    "retained": SQL("at_start OR received > 0"),
    "all": SQL("TRUE"),
}


class CrmMrrReportLine(models.TransientModel):
    """A customer behind a figure: what the MRR was, what it became, and why."""

    _name = "crm.mrr.report.line"
    _description = "Customer behind a figure"
    _order = "mrr_start desc, id"

    report_id = fields.Many2one(
        "crm.mrr.report", required=True, ondelete="cascade", index=True
    )
    code = fields.Char(required=True)
    company_id = fields.Many2one(related="report_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    status = fields.Selection(
        [
            ("kept", "Kept"),
            ("new", "New"),
            ("paused", "Paused"),
            ("free", "Free of charge"),
            ("transferred", "Goes on elsewhere"),
            ("lost", "Lost"),
            ("gone", "Gone before"),
        ],
        readonly=True,
    )
    date_left = fields.Date(
        string="Left on", readonly=True, help="First day without anything left."
    )
    mrr_start = fields.Monetary(string="MRR at the start", readonly=True)
    mrr_end = fields.Monetary(string="MRR at the end", readonly=True)
    given_up = fields.Monetary(
        string="Churn and contraction",
        readonly=True,
        help="Taken away in the period by a customer of the start.",
    )
    retained = fields.Monetary(
        string="Net change",
        readonly=True,
        help="What moved in the period, exchange differences left out.",
    )

    @api.model
    def _fill(self, report, code, scope, choice, by_product=False):
        """Write the customers of a choice in one statement; gives their domain.

        The moves are read with the reader's own rights.
        """
        mine = Domain("report_id", "=", report.id) & Domain("code", "=", code)
        # sudo: rows are made and removed here alone
        self.sudo().search(mine).unlink()
        keys = ("partner_id", "product_id") if by_product else ("partner_id",)
        self.env.cr.execute(
            SQL(
                """%(customers)s
                INSERT INTO crm_mrr_report_line
                       (report_id, code, create_uid, write_uid, create_date, write_date,
                        partner_id, product_id, status, date_left, mrr_start, mrr_end,
                        given_up, retained)
                SELECT %(report)s, %(code)s, %(user)s, %(user)s, %(now)s, %(now)s,
                       partner_id, %(product)s, status, date_left, mrr_start, mrr_end,
                       given_up, retained
                  FROM customer WHERE %(choice)s""",
                customers=self.env["crm.mrr.move"]._with_customers(scope, *keys),
                report=report.id,
                code=code,
                user=self.env.uid,
                now=fields.Datetime.now(),
                product=SQL.identifier("product_id") if by_product else SQL("NULL"),
                choice=CHOICES[choice],
            )
        )
        self.invalidate_model()
        return mine
