from odoo import api, fields, models


class MailActivity(models.Model):
    """Each morning, who has overdue activities gets them in one e-mail, in his
    language; the head of a team reads beside them how many his people have."""

    _inherit = "mail.activity"

    @api.model
    def _cron_mail_overdue(self):
        """One e-mail a person and day, however often this runs."""
        today = fields.Date.context_today(self)
        overdue = self.search([("date_deadline", "<", today), ("user_id", "!=", False)])
        by_person = overdue.grouped("user_id")
        leaders = self.env["crm.team"].search([("user_id", "!=", False)])
        people = (overdue.user_id | leaders.user_id).filtered(
            lambda user: (
                user.active and not user.share and user.crm_overdue_date != today
            )
        )
        none = self.browse()
        for user in people:
            team = self._count_overdue_of_team(user, leaders, by_person)
            user._crm_mail_overdue(by_person.get(user, none), team)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _count_overdue_of_team(self, user, teams, by_person):
        """[(colleague, number of overdue activities)], most first."""
        led = teams.filtered(lambda team: team.user_id == user)
        counts = [
            (member, len(by_person[member]))
            for member in led.member_ids - user
            if member in by_person
        ]
        return sorted(counts, key=lambda row: (-row[1], row[0].name))
