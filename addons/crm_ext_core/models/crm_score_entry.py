from odoo import api, fields, models
from odoo.tools.misc import formatLang

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
    _crm_stays_on_merge = True  # tells what a lead had, when it had it
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
    opened_at = fields.Datetime(
        string="Counted from",
        readonly=True,
        help="When the ledger took it up: an event of before, under a new version of "
        "the rules, was not in the scores of before.",
    )
    dimension = fields.Selection(related="rule_id.dimension", related_sudo=True)
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
            rule = entry.rule_id.sudo().name
            entry.reason = f"{self._points_in_words(entry.points)} {rule}"

    @api.model
    def _points_in_words(self, points):
        """+30, -10 or +19.8, with the decimal sign of the reader's language."""
        digits = 0 if points == round(points) else 1
        sign = "-" if points < 0 else "+"
        return sign + formatLang(self.env, abs(float(points)), digits=digits)

    def _to_dict(self):
        """The entry as a client reads it (crm.lead.get_crm_score)."""
        return {
            "points": self.points,
            "reason": self.reason,
            "since": fields.Datetime.to_string(self.date),
            "fades_at": fields.Datetime.to_string(self.fades_at) or False,
        }

    # ------------------------------------------------------------------ past dates
    @api.model
    def _get_score_at(self, lead, date, entries=None):
        """The score that the lead had at that moment, from what the ledger then held.

        :param entries: the lead's entries, when several moments are asked about
        :return: (crm.score.model, scoring.Score)
        """
        if entries is None:
            entries = self.search([("lead_id", "=", lead.id)])
        known = entries.filtered(
            lambda entry: (
                (entry.opened_at or entry.date)
                <= date
                < (entry.ended_at or fields.Datetime.now().max)
            )
        )
        # the rules are the administrator's, what they gave is the reader's
        model = known.sudo().model_id[-1:]
        rules, limits = model._to_rules()
        grants = [
            scoring.Grant(entry.event_id.id or 0, rules[entry.rule_id.id], entry.date)
            for entry in known
            if entry.rule_id.id in rules
        ]
        return model, scoring.score(grants, limits, date)

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
