from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import scoring
from ..tools.hooks import AuditFinding


class CrmScoreEntry(models.Model):
    """The ledger of scores: why a lead has points, since when, and when they fade.

    An entry is never deleted: when its rule no longer holds it is ended, so that the
    score of a past day can be told. The open entries of a lead add up to its score.
    """

    _name = "crm.score.entry"
    _description = "Score contribution"
    _order = "lead_id, points desc, id"
    _log_access = False
    _rec_name = "reason"

    lead_id = fields.Many2one(
        "crm.lead", required=True, index=True, ondelete="cascade", readonly=True
    )
    model_id = fields.Many2one(
        "crm.score.model", required=True, index=True, ondelete="cascade", readonly=True
    )
    rule_id = fields.Many2one(
        "crm.score.rule", required=True, index=True, ondelete="cascade", readonly=True
    )
    event_id = fields.Many2one(
        "crm.score.event", index="btree_not_null", ondelete="cascade", readonly=True
    )
    date = fields.Datetime(string="Since", required=True, readonly=True)
    points = fields.Float(digits=(8, 1), readonly=True, help="After fading and caps.")
    fades_at = fields.Datetime(string="Fades on", readonly=True)
    ended_at = fields.Datetime(string="Ended on", readonly=True)
    reason = fields.Char(compute="_compute_reason")

    _open_once = models.UniqueIndex(
        "(lead_id, rule_id, COALESCE(event_id, 0)) WHERE ended_at IS NULL",
        "A rule counts once for a lead or an event.",
    )

    @api.depends("points", "rule_id.name")
    @api.depends_context("lang")
    def _compute_reason(self):
        for entry in self:
            # a rule's name is no secret to who may read the entry
            entry.reason = f"{entry.points:+g} {entry.rule_id.sudo().name}"

    def _to_dict(self):
        """The entry as a client reads it (crm.lead.get_crm_score)."""
        return {
            "points": self.points,
            "reason": self.reason,
            "since": fields.Datetime.to_string(self.date),
            "fades_at": fields.Datetime.to_string(self.fades_at) or False,
        }

    # ------------------------------------------------------------------ refresh
    @api.model
    def _refresh(self, leads):
        """Bring the ledger and the scores of these leads up to date: a fixed number of
        queries, whatever the number of leads."""
        now = fields.Datetime.now()
        self._sync(leads, now)
        scores = self._compute_scores(leads, now)
        self._apply_points(scores)
        self._apply_totals(scores, now)
        self.invalidate_model()
        leads.invalidate_recordset(
            ["crm_score", "crm_score_date", "crm_score_entry_ids"]
        )
        leads.modified(["crm_score"])

    def _sync(self, leads, now):
        """Open an entry for each rule or event that holds, end those that do not.

        What is open and what holds are compared here: the cost stays linear, whatever
        the planner believes of a ledger that has just grown.
        """
        held = {row[:4]: row[4] for row in self._read_wanted(leads, now)}
        self.env.cr.execute(
            SQL(
                """SELECT lead_id, model_id, rule_id, event_id, id FROM crm_score_entry
                    WHERE lead_id IN %s AND ended_at IS NULL""",
                tuple(leads.ids),
            )
        )
        opened = {row[:4]: row[4] for row in self.env.cr.fetchall()}
        self._end([opened[key] for key in opened.keys() - held.keys()], now)
        self._open([(*key, held[key]) for key in held.keys() - opened.keys()])

    def _read_wanted(self, leads, now):
        query = self._wanted_query(leads, now)
        self.env.flush_query(query)
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def _end(self, entry_ids, now):
        if entry_ids:
            self.env.cr.execute(
                SQL(
                    """UPDATE crm_score_entry SET ended_at = %s, fades_at = NULL
                        WHERE id IN %s""",
                    now,
                    tuple(entry_ids),
                )
            )

    def _open(self, rows):
        self.env.cr.execute_values(
            """INSERT INTO crm_score_entry (lead_id, model_id, rule_id, event_id, date)
                    VALUES %s
               ON CONFLICT (lead_id, rule_id, COALESCE(event_id, 0))
                     WHERE ended_at IS NULL DO NOTHING""",
            sorted(rows, key=lambda row: (row[0], row[2], row[3] or 0)),
            page_size=max(len(rows), 1),
        )

    def _wanted_query(self, leads, now):
        """What the published rules say of the leads, in one query."""
        leads = leads.with_context(active_test=False)
        parts = [
            self._rule_query(leads, model, rule, now)
            for model in self.env["crm.score.model"]._published()
            for rule in model.rule_ids
        ]
        nothing = SQL("SELECT 0, 0, 0, NULL::integer, NULL::timestamp WHERE FALSE")
        return SQL(" UNION ALL ").join([nothing, *parts])

    def _rule_query(self, leads, model, rule, now):
        scope = Domain("id", "in", leads.ids) & model._scope_domain()
        if rule.kind == "attribute":
            query = leads._search(scope & rule._lead_domain(), bypass_access=True)
            lead_id = SQL.identifier(query.table, "id")
            columns = SQL(
                "%s, %s::integer, %s::integer, NULL::integer, %s::timestamp",
                lead_id,
                model.id,
                rule.id,
                now,
            )
            return SQL("(%s)", query.select(columns))
        return SQL(
            """(SELECT %(once)s lead_id, %(model)s::integer, %(rule)s::integer, id, date
                  FROM crm_score_event
                 WHERE source = %(source)s AND lead_id IN %(leads)s AND date > %(since)s
              ORDER BY lead_id, date DESC, id DESC)""",
            once=SQL() if rule.repeatable else SQL("DISTINCT ON (lead_id)"),
            model=model.id,
            rule=rule.id,
            source=rule.event_source,
            leads=leads._search(scope, bypass_access=True).subselect(),
            since=rule._oldest_event(now),
        )

    def _compute_scores(self, leads, now):
        """{lead id: scoring.Score} from the open entries, with what is stored today."""
        rules, limits = {}, {}
        for model in self.env["crm.score.model"]._published():
            model_rules, model_limits = model._to_rules()
            rules |= model_rules
            limits[model.id] = model_limits
        grants = {lead_id: [] for lead_id in leads.ids}
        model_of = {}
        self.env.cr.execute(
            SQL(
                """SELECT id, lead_id, model_id, rule_id, date FROM crm_score_entry
                    WHERE lead_id IN %s AND ended_at IS NULL""",
                tuple(leads.ids),
            )
        )
        for entry_id, lead_id, model_id, rule_id, date in self.env.cr.fetchall():
            grants[lead_id].append(scoring.Grant(entry_id, rules[rule_id], date))
            model_of[lead_id] = model_id
        return {
            lead_id: scoring.score(found, limits.get(model_of.get(lead_id), {}), now)
            for lead_id, found in grants.items()
        }

    def _apply_points(self, scores):
        rows = [
            (part.grant.key, part.points, part.fades_at)
            for score in scores.values()
            for part in score.contributions
        ]
        if rows:
            self.env.cr.execute_values(
                """UPDATE crm_score_entry entry
                      SET points = new.points, fades_at = new.fades_at
                     FROM (VALUES %s) AS new (id, points, fades_at)
                    WHERE entry.id = new.id
                      AND (entry.points, entry.fades_at)
                          IS DISTINCT FROM (new.points, new.fades_at)""",
                rows,
                template="(%s, %s::numeric, %s::timestamp)",
                page_size=len(rows),
            )

    def _apply_totals(self, scores, now):
        """Only the leads whose score changes are written: a quiet base costs no
        write."""
        self.env.cr.execute_values(
            """UPDATE crm_lead lead SET crm_score = new.score, crm_score_date = new.date
                 FROM (VALUES %s) AS new (id, score, date)
                WHERE lead.id = new.id AND lead.crm_score IS DISTINCT FROM new.score""",
            [(lead_id, score.total, now) for lead_id, score in scores.items()],
            template="(%s, %s, %s::timestamp)",
            page_size=len(scores),
        )

    # ------------------------------------------------------------------ self-audit
    @api.model
    def _audit_scores(self):
        """The leads whose score is not the sum of their open entries."""
        self.env.cr.execute(
            """SELECT lead.id FROM crm_lead lead
            LEFT JOIN (SELECT lead_id, SUM(points) AS points FROM crm_score_entry
                        WHERE ended_at IS NULL GROUP BY lead_id) ledger
                   ON ledger.lead_id = lead.id
                WHERE lead.crm_score IS NOT NULL
                  AND lead.crm_score <> round(COALESCE(ledger.points, 0))
             ORDER BY lead.id LIMIT 1000"""
        )
        ids = tuple(row[0] for row in self.env.cr.fetchall())
        return AuditFinding(broken=len(ids), res_model="crm.lead", res_ids=ids)

    @api.model
    def _points_of(self, leads):
        """{lead: its contributions in words}, for a note."""
        entries = self.search([("lead_id", "in", leads.ids), ("ended_at", "=", False)])
        return {
            lead: ", ".join(entry.reason for entry in group.filtered("points"))
            for lead, group in entries.grouped("lead_id").items()
        }
