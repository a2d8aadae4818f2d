from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.index_period import next_period, period_label
from ..tools.indexation import exact, plain


class CrmPriceIndexEnter(models.TransientModel):
    """The month's value in one go: what was known, what changes, and what is wrong."""

    _name = "crm.price.index.enter"
    _description = "Enter an index value"

    index_id = fields.Many2one("crm.price.index", required=True, ondelete="cascade")
    month = fields.Date(
        string="Period",
        compute="_compute_month",
        store=True,
        readonly=False,
        help="Any day of the month or quarter.",
    )
    value = fields.Float(digits=0, min_display_digits=1)
    published_on = fields.Date(
        help="Empty when the day is not known; then it never serves under a "
        '"last published" rule.',
    )
    status = fields.Selection(
        [("provisional", "Provisional"), ("final", "Final")],
        default="final",
        required=True,
    )
    vintage = fields.Char(help="Only for the correction of a period known already.")
    source = fields.Char(help="The page where the publisher prints it.")
    is_compared = fields.Boolean(
        string="Compared with the publisher's",
        default=lambda self: self.env["crm.price.index"]._may_verify(),
        help="The value is confirmed at once.",
    )
    accept_jump = fields.Boolean(string="A variation over 10 % is right")
    last_text = fields.Char(string="Last value", compute="_compute_last_text")
    change_percent = fields.Float(
        string="Variation, %", digits=(16, 3), compute="_compute_verdict"
    )
    problem = fields.Char(compute="_compute_verdict")

    @api.depends("index_id")
    def _compute_month(self):
        for wizard in self:
            index = wizard.index_id
            last = index.last_month
            wizard.month = next_period(last, index.period) if last else False

    @api.depends("index_id")
    def _compute_last_text(self):
        for wizard in self:
            index = wizard.index_id
            wizard.last_text = (
                f"{period_label(index.last_month, index.period)}: "
                f"{plain(exact(index.last_value))}"
                if index.last_month
                else ""
            )

    @api.depends("index_id", "month", "value", "published_on", "vintage", "accept_jump")
    def _compute_verdict(self):
        for wizard in self:
            complete = wizard.index_id and wizard.month and wizard.value
            verdict = wizard._judge() if complete else None
            wizard.change_percent = float(verdict.change or 0) if verdict else 0
            wizard.problem = verdict and wizard.index_id._explain_row(verdict)

    def action_save(self):
        """Take the value in, or say what is wrong with it."""
        verdict = self._judge()
        if verdict.outcome == "refused":
            raise UserError(self.index_id._explain_row(verdict))
        if self.is_compared:
            self.index_id._check_may_verify()
        self.index_id._take_in([verdict], self.is_compared)
        return {"type": "ir.actions.act_window_close"}

    def _judge(self):
        row = {
            "series": self.index_id.code,
            "period": self.month or "",
            "value": exact(self.value),
            "published_on": self.published_on or "",
            "status": self.status,
            "vintage": self.vintage or "",
            "source": self.source or "",
        }
        return self.index_id._judge([(1, row)], self.accept_jump)[0]
