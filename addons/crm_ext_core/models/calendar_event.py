from odoo import api, fields, models
from odoo.tools import SQL


class CalendarEvent(models.Model):
    """Meetings that took place give points to their opportunity."""

    _inherit = "calendar.event"

    @api.model
    def _crm_score_facts(self, lead_ids):
        """The meetings that are over and that nobody invited declined (see
        ScoreEventSource).

        :param SQL lead_ids: a query of the leads asked about
        """
        self.flush_model(["opportunity_id", "stop", "active"])
        self.env["calendar.attendee"].flush_model(["event_id", "state"])
        return SQL(
            """SELECT opportunity_id, stop, event.id::text FROM calendar_event event
                WHERE opportunity_id IN (%s) AND active AND stop <= %s
                  AND NOT EXISTS (SELECT FROM calendar_attendee guest
                       WHERE guest.event_id = event.id AND guest.state = 'declined')""",
            lead_ids,
            fields.Datetime.now(),
        )
