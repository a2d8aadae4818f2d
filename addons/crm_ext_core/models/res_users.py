from odoo import fields, models
from odoo.tools.misc import format_date


class ResUsers(models.Model):
    """The morning's e-mail of overdue activities."""

    _inherit = "res.users"

    crm_overdue_date = fields.Date(
        string="Reminded of overdue activities on", readonly=True, copy=False
    )

    def _crm_mail_overdue(self, activities, team):
        """Queue the reminder, unless there is nothing to say.

        :param activities: the person's own overdue ones
        :param team: [(colleague, number)] of the people he leads
        """
        self.ensure_one()
        if not activities and not team:
            return
        user = self.with_context(lang=self.lang or self.env.lang)
        rows = user._crm_overdue_rows(activities.with_env(user.env))
        body = user.env["ir.qweb"]._render(
            "crm_ext_core.mail_overdue",
            {
                "user": user,
                "rows": rows,
                "team": team,
                "url": f"{user.get_base_url()}/odoo/crm-planner",
            },
            lang=user.env.lang,
        )
        user.env["mail.mail"].create(
            {
                "subject": user.env._(
                    "Your overdue activities: %(number)s", number=len(rows)
                )
                if rows
                else user.env._("Overdue activities of your team"),
                "body_html": body,
                "email_to": user.email_formatted,
                "auto_delete": True,
            }
        )
        self.crm_overdue_date = fields.Date.context_today(self)

    def _crm_overdue_rows(self, activities):
        """[(what, about, due on)] in the reader's language, oldest first."""
        return [
            (
                activity.summary or activity.activity_type_id.name,
                activity.res_name or "",
                format_date(self.env, activity.date_deadline),
            )
            for activity in activities.sorted("date_deadline")
        ]
