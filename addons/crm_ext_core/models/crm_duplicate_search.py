import json

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools.duplicates import DIFFERENT, Card, compare
from .crm_batch_run import OPEN_STATES

RECORDS_PER_UNIT = 5000
REACH = 30  # next cards of the same key that a card is compared to
COLUMNS = {"lead_id": "crm_lead", "partner_id": "res_partner"}


class CrmDuplicateSearch(models.AbstractModel):
    """The search of likely duplicates through a whole base, in a batch run.

    First the cards of what has none yet, then the pairs: candidates by match key in
    SQL, judged by tools/duplicates.py. Of all cards, or of those that changed since.
    """

    _name = "crm.duplicate.search"
    _description = "Search of duplicates"

    @api.model
    def _cron_search(self):
        """Every night, what changed."""
        self._enqueue(everything=False)

    @api.model
    def _enqueue(self, everything=True):
        """Queue a search: cards first when some are missing."""
        payload = {"everything": everything}
        units = self._get_index_units(everything) or self._get_search_units()
        return self.env["crm.batch.run"]._enqueue(
            "duplicates",
            units,
            name=self.env._("Search of duplicates"),
            payload=payload,
        )

    @api.model
    def _enqueue_missing(self):
        """At installation or upgrade: let creation warn of what was there before."""
        if self._get_index_units(everything=False):
            self._enqueue(everything=False)

    @api.model
    def action_search(self):
        """Search the whole base in the background, once at a time, and show the run."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._("Only a sales administrator looks through the whole base.")
            )
        runs = self.env["crm.batch.run"]
        searching = [("kind", "=", "duplicates"), ("state", "in", OPEN_STATES)]
        run = runs.search(searching, limit=1) or self._enqueue()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.batch.run",
            "res_id": run.id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------------ units
    def _get_index_units(self, everything):
        """Ranges of record ids that have no card, or all of them."""
        self.env.flush_all()
        return [
            {"payload": {"step": "index", "field": field, "first": first}}
            for field, table in COLUMNS.items()
            for first in self._get_starts(
                SQL("SELECT id FROM %s", SQL.identifier(table))
                if everything
                else SQL(
                    """SELECT record.id FROM %(table)s record
                        WHERE %(filter)s
                          AND NOT EXISTS (SELECT 1 FROM crm_duplicate_card card
                                           WHERE card.%(field)s = record.id)""",
                    table=SQL.identifier(table),
                    field=SQL.identifier(field),
                    filter=self._get_compared_sql(field),
                )
            )
        ]

    def _get_compared_sql(self, field):
        """The records that `_crm_is_compared` takes, for counting the missing ones."""
        if field == "lead_id":
            return SQL("record.active AND record.won_status = 'pending'")
        return SQL("record.active AND record.type = 'contact'")

    def _get_search_units(self):
        return [
            {"payload": {"step": "search", "first": first}}
            for first in self._get_starts(SQL("SELECT id FROM crm_duplicate_card"))
        ]

    def _get_starts(self, query):
        """The first ids of the ranges that hold something."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT id / %(size)s * %(size)s AS start FROM (%(ids)s) it"
                " ORDER BY start",
                size=RECORDS_PER_UNIT,
                ids=query,
            )
        )
        return [start for (start,) in rows]

    # ------------------------------------------------------------------ run
    @api.model
    def _batch_process(self, run, units):
        # sudo: what resembles does not depend on who asked; who sees a pair does
        search = self.sudo()
        for unit in units:
            first = unit.payload["first"]
            if unit.payload["step"] == "index":
                search._index(unit.payload["field"], first)
            else:
                search._search_pairs(first, run.payload["everything"])

    @api.model
    def _batch_done(self, run):
        """Once all have their card, compare them."""
        if (run.unit_ids[:1].payload or {}).get("step") == "index":
            self.env["crm.batch.run"]._enqueue(
                "duplicates",
                self._get_search_units(),
                name=run.name,
                payload=run.payload,
            )

    @api.model
    def _batch_unit_label(self, unit):
        first = unit.payload["first"]
        last = first + RECORDS_PER_UNIT - 1
        return self.env._("Records %(first)s to %(last)s", first=first, last=last)

    def _index(self, field, first):
        name = "crm.lead" if field == "lead_id" else "res.partner"
        records = self.env[name].with_context(active_test=False)
        span = [("id", ">=", first), ("id", "<", first + RECORDS_PER_UNIT)]
        self.env["crm.duplicate.card"]._refresh(records.search(span, order="id"))

    # ------------------------------------------------------------------ pairs
    def _search_pairs(self, first, everything):
        """Write the pairs of a range of cards and drop those that resemble no more."""
        self.env.flush_all()
        for field in COLUMNS:
            rows = self._get_candidates(field, first, everything)
            found = self._judge(rows)
            self._write_pairs(field, found, first, everything)
        self.env.cr.execute(
            """UPDATE crm_duplicate_card SET is_pending = FALSE
                WHERE is_pending AND id >= %s AND id < %s""",
            [first, first + RECORDS_PER_UNIT],
        )
        self.env["crm.duplicate.card"].invalidate_model()
        self.env["crm.duplicate.pair"].invalidate_model()

    def _get_asked_sql(self, field, first, everything):
        return SQL(
            """SELECT id, %(field)s, company_id, content FROM crm_duplicate_card
                WHERE id >= %(first)s AND id < %(end)s AND is_own
                  AND %(field)s IS NOT NULL AND %(which)s""",
            field=SQL.identifier(field),
            first=first,
            end=first + RECORDS_PER_UNIT,
            which=SQL("TRUE") if everything else SQL("is_pending"),
        )

    def _get_candidates(self, field, first, everything):
        """(record id, content, other record id, other content) to be judged.

        In a search of everything each pair is met from its lower card; of what changed,
        from the changed one.
        """
        return self.env.execute_query(
            SQL(
                """WITH asked AS MATERIALIZED (%(asked)s), near AS MATERIALIZED (
                     SELECT DISTINCT asked.id AS asked_id, other.card_id
                       FROM asked
                       JOIN crm_duplicate_key own ON own.card_id = asked.id
                      CROSS JOIN LATERAL (
                            SELECT card_id FROM crm_duplicate_key
                             WHERE value = own.value AND %(beyond)s
                          ORDER BY card_id LIMIT %(reach)s) other)
                   SELECT asked.%(field)s, asked.content, card.%(field)s, card.content
                     FROM near
                     JOIN asked ON asked.id = near.asked_id
                     JOIN crm_duplicate_card card ON card.id = near.card_id
                    WHERE card.company_id IS NULL OR asked.company_id IS NULL
                       OR card.company_id = asked.company_id""",
                asked=self._get_asked_sql(field, first, everything),
                field=SQL.identifier(field),
                beyond=SQL(
                    "card_id > asked.id" if everything else "card_id <> asked.id"
                ),
                reach=REACH,
            )
        )

    def _judge(self, rows):
        """{(lower record id, higher record id): verdict} of those that resemble."""
        found = {}
        for one, content, two, other in rows:
            verdict = compare(Card(**content), Card(**other))
            if verdict.likely != DIFFERENT:
                found[min(one, two), max(one, two)] = verdict
        return found

    def _write_pairs(self, field, found, first, everything):
        self._drop_stale(field, found, first, everything)
        rows = [
            {"one": a, "two": b, "points": it.points, "codes": it.reasons}
            for (a, b), it in sorted(found.items())
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_duplicate_pair
                          (%(one)s, %(two)s, points, reason_codes, state, create_uid,
                           write_uid, create_date, write_date)
                   SELECT one.id, two.id, it.points, it.codes, 'open', %(uid)s, %(uid)s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM jsonb_to_recordset(%(rows)s::jsonb)
                          AS it (one int, two int, points int, codes jsonb)
                     JOIN %(table)s one ON one.id = it.one
                     JOIN %(table)s two ON two.id = it.two
                    WHERE %(kinship)s
                   ON CONFLICT (%(one)s, %(two)s)
                   DO UPDATE SET points = EXCLUDED.points,
                                 reason_codes = EXCLUDED.reason_codes
                           WHERE crm_duplicate_pair.state = 'open'""",
                one=SQL.identifier(field),
                two=SQL.identifier(f"other_{field}"),
                table=SQL.identifier(COLUMNS[field]),
                rows=json.dumps(rows),
                kinship=self._get_kinship_sql(field),
                uid=self.env.uid,
            )
        )

    def _get_kinship_sql(self, field):
        """A contact and its company are two; a person and a firm are never merged."""
        if field == "lead_id":
            return SQL("TRUE")
        return SQL(
            """one.parent_id IS DISTINCT FROM two.id
               AND two.parent_id IS DISTINCT FROM one.id
               AND COALESCE(one.is_company, FALSE) = COALESCE(two.is_company, FALSE)"""
        )

    def _drop_stale(self, field, found, first, everything):
        """Open pairs of the cards looked at that are not among what was found."""
        asked = self._get_asked_sql(field, first, everything)
        columns = SQL.identifier(field), SQL.identifier(f"other_{field}")
        for mine, other in (columns, columns[::-1]):
            self.env.cr.execute(
                SQL(
                    """DELETE FROM crm_duplicate_pair pair
                        USING (%(asked)s) asked, crm_duplicate_card card
                        WHERE state = 'open' AND pair.%(mine)s = asked.%(field)s
                          AND card.%(field)s = pair.%(other)s AND card.is_own
                          AND (NOT %(everything)s OR card.id > asked.id)
                          AND NOT (pair.%(field)s, pair.%(second)s) IN (
                              SELECT * FROM unnest(%(ones)s::int[],
                                                   %(twos)s::int[]))""",
                    asked=asked,
                    field=columns[0],
                    second=columns[1],
                    mine=mine,
                    other=other,
                    everything=everything,
                    ones=[one for one, _two in found],
                    twos=[two for _one, two in found],
                )
            )
