from odoo import fields, models

# kinds of activities that are, once done, an event of the lead's score
HELD = {"phonecall": "call", "meeting": "meeting"}


class MailActivity(models.Model):
    """A call or a meeting ticked as done on a lead is an event of its score, and may
    set off a rule of the funnel."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        facts = {}
        for activity in self._crm_held():
            source = HELD[activity.activity_category]
            facts.setdefault(source, []).append(activity._crm_score_fact())
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for source, rows in facts.items():
            # sudo: events are core's to write
            self.env["crm.score.event"].sudo()._log(source, rows)
        return result

    def action_crm_no_answer(self, feedback=False):
        """Tick calls as done that nobody answered: noted, and worth no points.

        :param str feedback: what else there is to say
        """
        words = [self.env._("Nobody answered."), feedback]
        return self.with_context(crm_no_answer=True).action_feedback(
            feedback="\n".join(filter(None, words))
        )

    def _crm_held(self):
        """The calls and meetings among these that took place, with leads."""
        unanswered = self.env.context.get("crm_no_answer")
        kinds = HELD.keys() - ({"phonecall"} if unanswered else set())
        return self.filtered(
            lambda activity: (
                activity.res_model == "crm.lead" and activity.activity_category in kinds
            )
        )

    def _crm_score_fact(self):
        """(lead id, date, reference): a meeting of the calendar has there the same
        reference, and counts once."""
        now = fields.Datetime.now()
        # sudo: somebody else's event of the calendar may be private
        meeting = self.sudo().calendar_event_id
        if meeting and self.activity_category == "meeting":
            return self.res_id, min(meeting.stop, now), str(meeting.id)
        return self.res_id, now, f"activity-{self.id}"
