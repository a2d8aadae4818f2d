from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmWorkEntry(models.Model):
    """Time that one person spent on a case."""

    _name = "crm.work.entry"
    _description = "Work entry"
    _order = "date desc, id desc"
    _rec_name = "description"

    case_id = fields.Many2one("crm.case", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    commercial_partner_id = fields.Many2one(
        related="case_id.commercial_partner_id", store=True, index=True
    )
    team_id = fields.Many2one(related="case_id.team_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    is_closed = fields.Boolean(related="case_id.is_closed")
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    hours = fields.Float(required=True, digits=(16, 4))
    description = fields.Char(required=True)
    billable = fields.Boolean(
        default=True, help="Billable time is deducted from the hour books."
    )

    _hours_check = models.Constraint(
        "CHECK (hours > 0 AND hours <= 24)", "Enter between 0 and 24 hours."
    )

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._check_case_is_open()
        return entries

    def write(self, vals):
        self._check_case_is_open()
        result = super().write(vals)
        self._check_case_is_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_case_is_open(self):
        self._check_case_is_open()

    def _check_case_is_open(self):
        """The time of a closed case has been deducted: it stands until a reopening."""
        if closed := self.case_id.filtered("is_closed"):
            raise UserError(
                self.env._(
                    "%(case)s is closed: reopen it before you change its time.",
                    case=closed[:1].display_name,
                )
            )
