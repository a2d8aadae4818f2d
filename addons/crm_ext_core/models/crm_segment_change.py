import hashlib
from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import parse_date

RELATIONAL = ("many2one", "one2many", "many2many")
SUB_DOMAIN = ("any", "not any", "any!", "not any!")
# months and time zones: the boundary of a relative date is not known to the day
MARGIN = timedelta(days=4)


class CrmSegment(models.Model):
    """Which records may have joined or left since an instant.

    A domain tells it: a record may change sides when it was written itself, when a
    record that its criteria reach was written, or when a relative date went past it.
    What cannot be told this way (a computed field, a table without write_date) asks for
    a full refresh; a linked record deleted or moved elsewhere waits for the night's.
    """

    _inherit = "crm.segment"

    def _read_watermark(self):
        """The start of the oldest transaction still open: what it writes is dated by
        its start and not visible yet.

        One that commits between this refresh's snapshot and this reading is in neither.
        It was open at the reading before or began after it: so the next refresh goes
        back to what was read then (`next_watermark` waits for one refresh).
        """
        self.env.cr.execute(
            """SELECT date_trunc('second', min(xact_start) AT TIME ZONE 'UTC')
                 FROM pg_stat_activity WHERE datname = current_database()"""
        )
        return self.env.cr.fetchone()[0]

    def _find_changed(self, model, since, limit):
        """Ids of the records to look at again, or None: look at all of them."""
        records = self.env[model].with_context(active_test=False)
        changes = self._list_changes(records, self._get_domain(model), since)
        if changes is None or self.digest != self._digest():
            return None
        # each by the index of its own date: one WHERE with OR would read the table
        queries = [records._search(one, limit=limit + 1) for one in changes]
        found = SQL(" UNION ").join(SQL("(%s)", query.select()) for query in queries)
        rows = self.env.execute_query(
            SQL("SELECT * FROM (%s) AS found LIMIT %s", found, limit + 1)
        )
        # in the order of the table, which is read once instead of to and fro
        return None if len(rows) > limit else sorted(row[0] for row in rows)

    def _digest(self):
        """What tells that the criteria were edited, here or in a segment of a step."""
        domains = repr([self._get_domain(model) for model in self._get_models()])
        return hashlib.sha256(domains.encode()).hexdigest()

    def _list_changes(self, records, domain, since):
        """Domains of what may have changed sides, or None when nothing tells it."""
        marks = [Domain(name, ">=", since) for name in self._change_marks(records)]
        if not marks:
            return None
        for condition in domain.optimize(records).iter_conditions():
            mark = self._condition_mark(records, condition, since)
            if mark is None:
                return None
            marks.append(mark)
        return [mark for mark in marks if not mark.is_false()]

    def _change_marks(self, records):
        """The dates that tell a change of the record itself."""
        own = ["write_date"] if records._log_access else []
        return [*own, *getattr(records, "_crm_change_marks", ())]

    def _condition_mark(self, records, condition, since):
        """The records that a condition may have moved, or None when it cannot tell."""
        field = records._fields[condition.field_expr.partition(".")[0]]
        if isinstance(condition.value, SQL) or not (
            field.store or field.type in RELATIONAL
        ):
            return None
        if field.type not in RELATIONAL:
            return self._boundary_mark(condition, field, since)
        if condition.operator in SUB_DOMAIN:
            return self._linked_mark(records, field, Domain(condition.value), since)
        if isinstance(condition.value, str) or field.search:
            return None
        if self._is_linked_from_there(records, field):
            return self._linked_mark(records, field, Domain.TRUE, since)
        return Domain.FALSE

    def _is_linked_from_there(self, records, field):
        """Whether a link is made without writing the record: a new activity or lead
        points to it; tags, which know no records, are put on the record itself."""
        return field.type == "one2many" or (
            field.type == "many2many" and bool(records.pool.field_inverses[field])
        )

    def _linked_mark(self, records, field, domain, since):
        """The records of the linked ones that may have begun or ceased to meet a
        domain, or None when it cannot tell."""
        linked = records.env[field.comodel_name].with_context(active_test=False)
        inside = self._list_changes(linked, domain, since)
        if inside is None:
            return None
        changed = Domain.OR(inside)
        # hardly ever a country: then nobody's table is read for it
        if not linked.search(changed, limit=1):
            return Domain.FALSE
        return Domain(field.name, "any!", changed)

    def _boundary_mark(self, condition, field, since):
        """The records that a relative date ("today -30d") went past since."""
        value = condition.value
        if field.type not in ("date", "datetime") or not isinstance(value, str):
            return Domain.FALSE
        now = fields.Datetime.now()
        limit = parse_date(value, self.env)
        if not isinstance(limit, datetime):
            limit = datetime.combine(limit, time.min)
        limit = limit.replace(tzinfo=None)
        return Domain(field.name, ">=", limit - (now - since) - MARGIN) & Domain(
            field.name, "<=", limit + MARGIN
        )
