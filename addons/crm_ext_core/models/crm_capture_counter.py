import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("view", "Shown"),
    ("start", "Begun"),
    ("post", "Posted"),
    ("refused", "Refused"),
    ("spam", "Refused as spam"),
    ("too_many", "Refused, too many"),
    ("event_refused", "Signals refused, too many"),
    ("new_source", "New names of sources"),
]
SIGNALS = 10  # what a page may signal for one post that it may send


class CrmCaptureCounter(models.Model):
    """How often a form was shown, begun, posted and refused, a day and a kind a row."""

    _name = "crm.capture.counter"
    _description = "Count of a capture form"
    _order = "day desc, id desc"
    _log_access = False
    _rec_name = "day"

    form_id = fields.Many2one(
        "crm.capture.form", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="form_id.company_id", store=True)
    day = fields.Date(required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)

    _once = models.Constraint("UNIQUE (form_id, day, kind)", "One row a day and kind.")

    @api.model
    def _add(self, form, kind):
        """Count one, in a transaction of its own: a refusal is counted although what
        was refused is rolled back.

        :return: the count of the day
        """
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """INSERT INTO crm_capture_counter AS counter
                              (form_id, company_id, day, kind, count)
                       VALUES (%s, %s, %s, %s, 1)
                       ON CONFLICT (form_id, day, kind)
                       DO UPDATE SET count = counter.count + 1 RETURNING count""",
                    form.id,
                    form.company_id.id,
                    fields.Date.today(),
                    kind,
                )
            )
            return cr.fetchone()[0]

    @api.model
    def _is_within_limits(self, form, address, scope=""):
        """Count one post of an address, and tell whether it may pass.

        What a page signals by itself (`scope` "event": shown, begun, a visit) is
        counted apart, several for one post.

        Shared by all processes and machines, since PostgreSQL counts; in a short
        transaction of its own, so that a rollback does not forget it.
        """
        minute = fields.Datetime.now().replace(second=0, microsecond=0)
        # an address is personal data, and only its equality is needed here
        one = hashlib.sha256(f"{form.token} {scope}{address}".encode()).hexdigest()[:32]
        with self.env.registry.cursor() as cr:
            cr.execute(
                """INSERT INTO crm_capture_rate AS rate (form_id, sender, minute, count)
                   VALUES (%(form)s, %(one)s, %(minute)s, 1),
                          (%(form)s, %(all)s, %(minute)s, 1)
                   ON CONFLICT (form_id, sender, minute)
                   DO UPDATE SET count = rate.count + 1
                   RETURNING sender, count""",
                {"form": form.id, "one": one, "minute": minute, "all": scope},
            )
            counts = dict(cr.fetchall())
        times = SIGNALS if scope else 1
        return (
            counts[one] <= form.rate_limit * times
            and counts[scope] <= form.form_rate_limit * times
        )
