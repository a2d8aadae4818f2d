from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class CrmFunnelAction(models.Model):
    """What a rule asks of people: activities, plans of activities, e-mails."""

    _inherit = "crm.funnel.action"

    def _get_person(self, lead):
        """Whom an activity on this card is for."""
        if self.who == "person" and self.user_id:
            return self.user_id
        owner, leader = lead.user_id, lead.team_id.user_id
        pair = (leader, owner) if self.who == "leader" else (owner, leader)
        return pair[0] or pair[1] or self._get_actor()

    def _get_actor(self):
        """Whose act it is; who wrote the rule when that is a customer or the clock."""
        user = self.env.user
        if user.share or user._is_superuser() or not user.active:
            return self.rule_id.create_uid
        return user

    # ------------------------------------------------------------------ activities
    def _run_activity(self, firings):
        deadline = fields.Date.context_today(self) + timedelta(days=self.days)
        asked = []
        for firing in firings:
            person = self._get_person(firing.lead_id)
            words = self.with_context(lang=person.lang or self.env.lang)
            summary = words.summary or words.rule_id.name
            asked.append((firing, self.activity_type_id, summary, person, deadline, ""))
        return self._plan_activities(asked)

    def _run_plan(self, firings):
        today, asked = fields.Date.context_today(self), []
        for step in self.plan_id.template_ids:
            deadline = step._get_date_deadline(today)
            for firing in firings:
                lead = firing.lead_id
                found = step._determine_responsible(self._get_person(lead), lead)
                if found["error"]:
                    raise UserError(found["error"])
                person = found["responsible"]
                words = step.with_context(lang=person.lang or self.env.lang)
                summary = words.summary or words.activity_type_id.name
                kind = step.activity_type_id
                asked.append((firing, kind, summary, person, deadline, step.note))
        return self._plan_activities(asked)

    def _plan_activities(self, asked):
        """Plan all these activities at once; they tell the person, no second message.

        :param asked: (firing, activity type, summary, person, deadline, note)
        """
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        model_id = self.env["ir.model"]._get_id("crm.lead")
        made = activities.create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": firing.lead_id.id,
                    "activity_type_id": kind.id,
                    "summary": summary,
                    "user_id": person.id,
                    "date_deadline": deadline,
                    "note": note,
                }
                for firing, kind, summary, person, deadline, note in asked
            ]
        )
        return [
            self._effect(
                firing,
                self.env._(
                    "Activity “%(summary)s” for %(person)s, due on %(date)s",
                    summary=summary,
                    person=person.name,
                    date=format_date(self.env, deadline),
                ),
                activity,
            )
            for (firing, _kind, summary, person, deadline, _note), activity in zip(
                asked, made, strict=True
            )
        ]

    def _undo_activity(self, effect):
        activity = effect._get_record()
        if not activity.filtered("active"):
            return self.env._("the activity has been done or removed already")
        activity.unlink()
        return ""

    def _undo_plan(self, effect):
        return self._undo_activity(effect)

    # ------------------------------------------------------------------ e-mail
    def _run_mail(self, firings):
        leads = firings.lead_id
        mails = self.template_id.send_mail_batch(leads.ids)
        by_lead = {mail.res_id: mail for mail in mails}
        effects = []
        for firing in firings:
            mail = by_lead[firing.lead_id.id]
            people = mail.recipient_ids.mapped("email") + [mail.email_to]
            to = ", ".join(filter(None, people))
            if not to:
                raise UserError(
                    self.env._(
                        "The card has no e-mail address to write to: fill it, then "
                        "try again."
                    )
                )
            done = self.env._(
                "E-mail “%(subject)s” to %(to)s", subject=mail.subject, to=to
            )
            effects.append(self._effect(firing, done, mail))
        # sudo: the host's queue sends them once this transaction has succeeded
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return effects

    def _undo_mail(self, effect):
        mail = effect._get_record()
        if not mail or mail.state != "outgoing":
            return self.env["crm.hooks"]._funnel_actions()["mail"].lasting
        mail.unlink()
        return ""
