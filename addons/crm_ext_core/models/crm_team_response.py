from datetime import timedelta

from odoo import api, fields, models


class CrmTeam(models.Model):
    """How soon a team answers its leads, and who is warned when it does not."""

    _inherit = "crm.team"

    crm_answer_hours = fields.Integer(
        string="Answer leads within (hours)",
        help="A lead that waits longer gets a task for its salesperson, or for the "
        "head of the team when it has none. 0: no warning.",
    )

    _crm_answer_hours_positive = models.Constraint(
        "CHECK (crm_answer_hours >= 0)",
        "Answer leads within: enter a number of hours, or 0.",
    )

    @api.model
    def _cron_warn_unanswered(self):
        """One task for each lead that waits too long, however often this runs."""
        todo = self.env.ref("mail.mail_activity_data_call")
        now = fields.Datetime.now()
        for team in self.search([("crm_answer_hours", ">", 0)]):
            leads = self.env["crm.lead"].search(
                [
                    ("team_id", "=", team.id),
                    ("won_status", "=", "pending"),
                    (
                        "crm_waiting_since",
                        "<",
                        now - timedelta(hours=team.crm_answer_hours),
                    ),
                    ("crm_warned_date", "=", False),
                    # nobody to warn: the lead waits until it is somebody's
                    *([] if team.user_id else [("user_id", "!=", False)]),
                ],
                order="crm_waiting_since",
                limit=1000,
            )
            leads._crm_warn_unanswered(todo)
            self.env["ir.cron"]._commit_progress(len(leads))
