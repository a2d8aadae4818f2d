from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ..conflicts import retried


class CrmTeam(models.Model):
    """How soon a team answers its leads, and who is warned when it does not."""

    _inherit = "crm.team"

    crm_answer_hours = fields.Integer(
        string="Answer leads within (hours)",
        help="A lead that waits longer gets a task for its salesperson, or for the "
        "head of the team when it has none. 0: no warning. Leads without team: see the "
        "set-up.",
    )

    _crm_answer_hours_positive = models.Constraint(
        "CHECK (crm_answer_hours >= 0)",
        "Answer leads within: enter a number of hours, or 0.",
    )

    @api.model
    def _cron_warn_unanswered(self):
        """One task for each lead that waits too long, however often this runs."""
        for delay in self._list_delays():
            warned = retried(self.env, partial(self._warn_unanswered, *delay))
            self.env["ir.cron"]._commit_progress(warned)

    def _warn_unanswered(self, leads, hours, responsible):
        """Warn of the leads of a domain that wait too long; gives their number."""
        late = self._find_late(leads, hours, responsible)
        todo = self.env.ref("mail.mail_activity_data_call")
        late._crm_warn_unanswered(todo, responsible)
        return len(late)

    def _list_delays(self):
        """[(domain of leads, hours they may wait, who is warned for nobody's)]"""
        # in the order of their switcher
        companies = self.env["res.company"].search([("active", "=", True)])
        delays = []
        for team in self.search([("crm_answer_hours", ">", 0)]):
            company = team.company_id or companies[:1]
            responsible = team.user_id or company.crm_answer_user_id
            of_team = Domain("team_id", "=", team.id)
            delays.append((of_team, team.crm_answer_hours, responsible))
        nobodys = [False]  # leads of no company: with those of the first that cares
        for company in companies.filtered("crm_answer_hours"):
            of_company = Domain("company_id", "in", [company.id, *nobodys])
            leads = Domain("team_id", "=", False) & of_company
            delays.append((leads, company.crm_answer_hours, company.crm_answer_user_id))
            nobodys = []
        return delays

    def _find_late(self, leads, hours, responsible):
        """The leads of a domain that wait for longer than so many hours."""
        # nobody to warn: the lead waits until it is somebody's
        told = Domain("user_id", "!=", False)
        if responsible.active:
            told |= Domain("company_id", "in", [False, *responsible.company_ids.ids])
        since = fields.Datetime.now() - timedelta(hours=hours)
        return self.env["crm.lead"].search(
            leads
            & told
            & Domain("won_status", "=", "pending")
            & Domain("crm_waiting_since", "<", since)
            & Domain("crm_warned_date", "=", False),
            order="crm_waiting_since",
            limit=1000,
        )
