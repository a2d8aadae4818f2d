from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# what a rule is worth, in tenths of a point: set-based arithmetic on whole numbers
COLUMNS = (
    "lead_id", "model_id", "rule_id", "event_id", "date", "points", "pool", "cap",
    "half_life", "expiry", "dimension", "most", "floor",
)  # fmt: skip


class CrmScoreEntry(models.Model):
    """Bringing ledger and scores up to date: one statement, for one lead or for many.

    What the rules say now (wanted) and what the ledger holds are brought together by
    GROUP BY, not by a join: the cost stays linear, whatever the planner believes of
    tables that have just grown. tools/scoring.py says what the arithmetic means.
    """

    _inherit = "crm.score.entry"

    @api.model
    def _refresh(self, leads, events_only=False):
        """Score these leads; after an event, attributes are as they were."""
        self._run_refresh(
            Domain("id", "in", leads.ids),
            lambda column: SQL("%s IN %s", column, tuple(leads.ids)),
            events_only,
        )
        self.env["crm.score.account"]._refresh(Domain("id", "in", leads.ids))

    @api.model
    def _refresh_span(self, first, last):
        """Score the leads of a range of ids."""
        domain = Domain([("id", ">=", first), ("id", "<=", last)])
        self._run_refresh(
            domain,
            lambda column: SQL("%s BETWEEN %s AND %s", column, first, last),
        )
        self.env["crm.score.account"]._refresh(domain)

    def _run_refresh(self, domain, among, events_only=False):
        now = fields.Datetime.now()
        query = self._refresh_query(domain, among, now, events_only)
        self.env.flush_query(query)
        self.env.cr.execute(query)
        changed = self.env["crm.lead"].browse(row[0] for row in self.env.cr.fetchall())
        self.invalidate_model()
        self.env["crm.lead"].invalidate_model(
            ["crm_score", "crm_score_fit", "crm_score_engagement", "crm_score_grade"]
            + ["crm_score_model_id", "crm_score_date", "crm_score_entry_ids"]
        )
        changed.modified(["crm_score"])

    # ------------------------------------------------------------------ the statement
    def _refresh_query(self, domain, among, now, events_only):
        published = self.env["crm.score.model"]._published()
        wanted = SQL(" UNION ALL ").join(
            self._wanted_queries(published, domain, among, now, events_only)
        )
        return SQL(
            """WITH wanted (%(columns)s) AS (%(wanted)s),
            merged AS (%(merged)s),
            worth AS (%(worth)s), %(capped)s,
            ended AS (
                UPDATE crm_score_entry entry SET ended_at = %(now)s, fades_at = NULL
                  FROM merged WHERE entry.id = merged.entry_id AND NOT merged.holds
                   AND %(entries)s),
            opened AS (%(opened)s), moved AS (%(moved)s)
            %(totals)s""",
            columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
            wanted=wanted,
            merged=self._merged_query(among),
            worth=self._worth_query(now),
            capped=self._capped_queries(published),
            now=now,
            entries=among(SQL("entry.lead_id")),
            opened=self._opened_query(now),
            moved=self._moved_query(among),
            totals=self._totals_query(published, among, now),
        )

    def _wanted_queries(self, published, domain, among, now, events_only):
        """A row for each lead (rule 0 names its model), then what the rules say."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        nothing = SQL(
            """SELECT id, NULL::integer, 0, 0, NULL::timestamp, 0, 0, NULL::integer, 0,
                      0, 0, NULL::integer, FALSE FROM crm_lead WHERE %s""",
            among(SQL("id")),
        )
        queries = [nothing]
        for model in published:
            scope = domain & model._scope_domain()
            queries.append(self._scope_query(leads, scope, model))
            if events_only:
                queries.append(self._kept_query(model, scope, leads, among))
            for rule, constants in model._to_columns().items():
                if rule.kind == "event":
                    ask = self._event_query
                elif not events_only:
                    ask = self._attribute_query
                else:
                    continue
                queries.append(ask(leads, scope, rule, constants, now))
        return queries

    def _scope_query(self, leads, scope, model):
        query = leads._search(scope, bypass_access=True)
        return SQL(
            "(%s)",
            query.select(
                SQL.identifier(query.table, "id"),
                SQL(
                    """%s, 0, 0, NULL::timestamp, 0, 0, NULL::integer, 0, 0, 0,
                    NULL::integer, FALSE""",
                    model.id,
                ),
            ),
        )

    def _attribute_query(self, leads, scope, rule, constants, now):
        query = leads._search(scope & rule._lead_domain(), bypass_access=True)
        return SQL(
            "(%s)",
            query.select(
                SQL.identifier(query.table, "id"),
                SQL(
                    "%s, %s, 0, %s::timestamp, %s",
                    rule.model_id.id,
                    rule.id,
                    now,
                    constants,
                ),
            ),
        )

    def _event_query(self, leads, scope, rule, constants, now):
        return SQL(
            """(SELECT %(once)s lead_id, %(model)s, %(rule)s, id, date, %(constants)s
                  FROM crm_score_event
                 WHERE source = %(source)s AND lead_id IN %(leads)s AND date > %(since)s
              ORDER BY lead_id, date DESC, id DESC)""",
            once=SQL() if rule.repeatable else SQL("DISTINCT ON (lead_id)"),
            model=rule.model_id.id,
            rule=rule.id,
            constants=constants,
            source=rule.event_source,
            leads=leads._search(scope, bypass_access=True).subselect(),
            since=rule._oldest_event(now),
        )

    def _kept_query(self, model, scope, leads, among):
        """The attributes that the ledger holds, taken as they are."""
        rows = [
            SQL("(%s, %s)", rule.id, constants)
            for rule, constants in model._to_columns().items()
            if rule.kind != "event"
        ]
        if not rows:
            rows = [SQL("(0, 0, 0, NULL::integer, 0, 0, 0, NULL::integer, FALSE)")]
        return SQL(
            """(SELECT lead_id, model_id, rule_id, 0, date, rules.points, rules.pool,
                       rules.cap, half_life, expiry, rules.dimension, most, floor
                  FROM crm_score_entry
                  JOIN (VALUES %(rows)s) AS rules (%(names)s) USING (rule_id)
                 WHERE %(entries)s AND ended_at IS NULL AND lead_id IN %(leads)s)""",
            rows=SQL(", ").join(rows),
            names=SQL(", ").join(map(SQL.identifier, ("rule_id", *COLUMNS[5:]))),
            entries=among(SQL("lead_id")),
            leads=leads._search(scope, bypass_access=True).subselect(),
        )
