from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.usage_intake import IntakeFault, read_event, read_values

MAX_EVENTS = 20_000
PAGE = 2_000


class CrmUsageEvent(models.Model):
    """Intake: many events in one call, each with its own answer."""

    _inherit = "crm.usage.event"

    @api.model
    def record(self, events):
        """Record usage in bulk; what is refused does not stop the others.

        :param list events: dicts with meter (code or id), line_id or subscription
            (number, reference or id), at (ISO 8601 with its offset), quantity, key
            (of idempotency), and unit_key for meters that count different keys
        :return: a dict for each event, in order: key, id (0 when refused), status
            (created, replayed, refused), field at fault, message (why refused)
        """
        if not isinstance(events, list) or len(events) > MAX_EVENTS:
            raise UserError(
                self.env._(
                    "Give a list of at most %(count)s events a call.", count=MAX_EVENTS
                )
            )
        return self._record([_attempt(read_event, event) for event in events], "api")

    @api.model
    def _record_values(self, vals_list):
        """The same from field values, as a form gives them."""
        readings = [_attempt(read_values, vals) for vals in vals_list]
        return self._record(readings, "form")

    @api.model
    def _record(self, readings, source):
        """Store readings, and answer in words the IntakeFaults among them."""
        self.check_access("create")
        self.flush_model()
        places, firsts = self._place(readings)
        created = self._insert(list(firsts.values()), source)
        known = self._find_known([p for key, p in firsts.items() if key not in created])
        return self._answer_all(readings, places, firsts, created, known)

    @api.model
    def _foresee_readings(self, readings, _source):
        """The answers that recording would give; nothing is stored."""
        self.check_access("create")
        self.flush_model()
        places, firsts = self._place(readings)
        known = self._find_known(list(firsts.values()))
        created = dict.fromkeys(firsts.keys() - known.keys(), 0)
        return self._answer_all(readings, places, firsts, created, known)

    def _place(self, readings):
        """Each reading's place, or its fault, and the first place of each key."""
        scope = self._load_scope(readings)
        places = [_attempt(scope.place, reading) for reading in readings]
        firsts = {}
        for place in places:
            if not isinstance(place, IntakeFault):
                firsts.setdefault((place.meter_id, place.key), place)
        return places, firsts

    def _insert(self, places, source):
        """Store what is new: {(meter id, key): id}.

        A key that another transaction has just recorded makes PostgreSQL report a
        conflict, and the host then does the whole call again.
        """
        tail = (source, self.env.uid, fields.Datetime.now())
        created = {}
        for start in range(0, len(places), PAGE):
            query = self._insert_query(places[start : start + PAGE], tail)
            for id_, meter, key in self.env.execute_query(query):
                created[meter, key] = id_
        self.env["crm.subscription.line"].invalidate_model(["usage_event_ids"])
        return created

    def _insert_query(self, page, tail):
        source, user, now = tail
        return SQL(
            """INSERT INTO crm_usage_event (meter_id, key, line_id, subscription_id,
                   company_id, at, day, quantity, unit_key, is_late, source,
                   create_uid, create_date, write_uid, write_date)
               SELECT *, %s, %s, %s::timestamp, %s, %s::timestamp
                 FROM unnest(%s::int[], %s::varchar[], %s::int[], %s::int[],
                   %s::int[], %s::timestamp[], %s::date[], %s::numeric[],
                   %s::varchar[], %s::bool[])
               ON CONFLICT (meter_id, key) DO NOTHING RETURNING id, meter_id, key""",
            source,
            user,
            now,
            user,
            now,
            *map(list, zip(*page, strict=True)),
        )

    def _find_known(self, places):
        """What is stored under the same keys: {(meter id, key): (id, value)}."""
        if not places:
            return {}
        found = self.env.execute_query(
            SQL(
                """SELECT id, meter_id, key, line_id, at, quantity::text, unit_key
                     FROM crm_usage_event WHERE (meter_id, key) IN
                          (SELECT * FROM unnest(%s::int[], %s::varchar[]))""",
                [place.meter_id for place in places],
                [place.key for place in places],
            )
        )
        return {
            (meter, key): (id_, (line, at, Decimal(quantity), unit_key))
            for id_, meter, key, line, at, quantity, unit_key in found
        }

    def _answer_all(self, readings, places, firsts, created, known):
        answers = []
        for reading, place in zip(readings, places, strict=True):
            try:
                answers.append(self._answer(place, firsts, created, known))
            except IntakeFault as fault:
                answers.append(self._answer_refused(reading, fault))
        return answers

    def _answer(self, place, firsts, created, known):
        if isinstance(place, IntakeFault):
            raise place
        key = place.meter_id, place.key
        first = firsts[key]
        id_, value = known.get(key) or (created[key], first.value)
        if place.value != value:
            raise IntakeFault("key", "other_value", place.key)
        is_new = place is first and key in created
        status = "created" if is_new else "replayed"
        return {"key": place.key, "id": id_, "status": status, "message": ""}

    def _answer_refused(self, reading, fault):
        return {
            "key": getattr(reading, "key", ""),
            "id": 0,
            "status": "refused",
            "field": fault.field,
            "message": self._explain_fault(fault),
        }


def _attempt(function, value):
    try:
        return function(value)
    except IntakeFault as fault:
        return fault
