from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


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
        scopes = {model: domain & model._scope_domain() for model in published}
        wanted = self._wanted_queries(scopes, among, now, events_only)
        return SQL(
            """WITH %(scopes)s
            wanted (lead_id, model_id, rule_id, event_id, date) AS (%(wanted)s),
            merged AS (%(merged)s),
            worth AS (%(worth)s), %(capped)s,
            ended AS (
                UPDATE crm_score_entry entry SET ended_at = %(now)s, fades_at = NULL
                  FROM merged WHERE entry.id = merged.entry_id AND NOT merged.holds
                   AND %(entries)s),
            opened AS (%(opened)s), moved AS (%(moved)s)
            %(totals)s""",
            scopes=SQL().join(
                SQL("%s AS MATERIALIZED (%s), ", _name(model), self._scope_query(scope))
                for model, scope in scopes.items()
            ),
            wanted=SQL(" UNION ALL ").join(wanted),
            merged=self._merged_query(among),
            worth=self._worth_query(published, now),
            capped=self._capped_queries(published),
            now=now,
            entries=among(SQL("entry.lead_id")),
            opened=self._opened_query(now),
            moved=self._moved_query(among),
            totals=self._totals_query(published, among, now),
        )

    def _scope_query(self, scope):
        return self._leads()._search(scope, bypass_access=True).select()

    @api.model
    def _leads(self):
        return self.env["crm.lead"].with_context(active_test=False)

    def _wanted_queries(self, scopes, among, now, events_only):
        """A row for each lead (rule 0 names its model), then what the rules say."""
        queries = [
            SQL(
                """SELECT id, NULL::integer, 0, 0, NULL::timestamp
                     FROM crm_lead WHERE %s""",
                among(SQL("id")),
            )
        ]
        for model, scope in scopes.items():
            scored = SQL("SELECT id, %s, 0, 0, NULL FROM %s", model.id, _name(model))
            events = model.rule_ids.filtered(lambda rule: rule.kind == "event")
            queries.append(scored)
            if events_only:
                queries.append(self._kept_query(model, events, among))
            else:
                queries += self._attribute_queries(model, scope, events, now)
            if events:
                queries.append(self._event_query(model, events, among, now))
        return queries

    def _attribute_queries(self, model, scope, events, now):
        """One pass over the leads for all rules that need nothing but their columns,
        and one for each other rule."""
        checks, others = [], []
        for rule in model.rule_ids - events:
            query = self._leads()._search(rule._lead_domain(), bypass_access=True)
            if query._joins:
                others.append(self._joined_query(scope, rule, now))
            else:
                condition = query.where_clause if query._where_clauses else SQL("TRUE")
                checks.append(SQL("CASE WHEN %s THEN %s END", condition, rule.id))
        if checks:
            base = self._leads()._search(scope, bypass_access=True)
            held = base.select(
                SQL.identifier(base.table, "id"),
                SQL(
                    "unnest(array_remove(ARRAY[%s], NULL)) AS rule_id",
                    SQL(", ").join(checks),
                ),
            )
            others.append(
                SQL(
                    "SELECT id, %s, rule_id, 0, %s::timestamp FROM (%s) AS held",
                    model.id,
                    now,
                    held,
                )
            )
        return others

    def _joined_query(self, scope, rule, now):
        query = self._leads()._search(scope & rule._lead_domain(), bypass_access=True)
        return SQL(
            "(%s)",
            query.select(
                SQL.identifier(query.table, "id"),
                SQL("%s, %s, 0, %s::timestamp", rule.model_id.id, rule.id, now),
            ),
        )

    def _event_query(self, model, rules, among, now):
        """The events that count, for all rules in one pass: every one, or a lead's
        latest for a rule that counts once."""
        return SQL(
            """(SELECT DISTINCT ON (lead_id, rule_id, CASE WHEN often THEN id END)
                       lead_id, %(model)s, rule_id, id, date
                  FROM crm_score_event
                  JOIN (VALUES %(rules)s) AS rule (rule_id, source, often, since)
                       USING (source)
                 WHERE %(among)s AND date > since
                   AND lead_id IN (SELECT id FROM %(leads)s)
              ORDER BY lead_id, rule_id, CASE WHEN often THEN id END, date DESC,
                       id DESC)""",
            model=model.id,
            rules=SQL(", ").join(
                SQL(
                    "(%s, %s, %s, %s)",
                    rule.id,
                    rule.event_source,
                    rule.repeatable,
                    rule._oldest_event(now),
                )
                for rule in rules
            ),
            among=among(SQL("lead_id")),
            leads=_name(model),
        )

    def _kept_query(self, model, events, among):
        """The attributes that the ledger holds, taken as they are."""
        return SQL(
            """SELECT lead_id, model_id, rule_id, 0, date FROM crm_score_entry
                WHERE %s AND ended_at IS NULL AND rule_id = ANY(%s)
                  AND lead_id IN (SELECT id FROM %s)""",
            among(SQL("lead_id")),
            (model.rule_ids - events).ids,
            _name(model),
        )


def _name(model):
    return SQL.identifier(f"scope_{model.id}")
