from odoo import fields, models
from odoo.tools import SQL


class CrmQualificationFiring(models.Model):
    """A lead handed over by a rule: the database lets it happen once."""

    _name = "crm.qualification.firing"
    _description = "Handover"
    _order = "id desc"
    _rec_name = "rule_id"
    _log_access = False

    rule_id = fields.Many2one(
        "crm.qualification.rule",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    lead_id = fields.Many2one(
        "crm.lead", required=True, index=True, ondelete="cascade", readonly=True
    )
    date = fields.Datetime(required=True, readonly=True)
    score = fields.Integer(readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    activity_id = fields.Many2one("mail.activity", ondelete="set null", readonly=True)
    reason = fields.Text(readonly=True)

    _once = models.Constraint(
        "UNIQUE(rule_id, lead_id)", "A rule hands a lead over only once."
    )

    def _claim(self, rule, leads, now):
        """Be the one that hands these leads over: another transaction gets what is
        left.

        :return: the new firings, without what they decide yet
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_qualification_firing (rule_id, lead_id, date, score)
                        SELECT %s, id, %s, crm_score FROM crm_lead
                         WHERE id IN %s ORDER BY crm_score DESC, id
                   ON CONFLICT (rule_id, lead_id) DO NOTHING RETURNING id""",
                rule.id,
                now,
                tuple(leads.ids),
            )
        )
        firings = self.browse(row[0] for row in self.env.cr.fetchall())
        leads.invalidate_recordset(["crm_firing_ids"])
        return firings

    def _to_dict(self):
        """The handover as a client reads it (crm.lead.get_crm_score)."""
        return {
            "date": fields.Datetime.to_string(self.date),
            "rule": self.rule_id.sudo().name,  # its name is in the reason already
            "score": self.score,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "reason": self.reason,
        }
