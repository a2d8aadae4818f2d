from odoo import fields, models
from odoo.exceptions import UserError


class CrmQualificationFiring(models.Model):
    """A handover taken back: by hand, as if it had not been, or because the lead
    cooled. The rule does not hand the lead over again."""

    _inherit = "crm.qualification.firing"

    previous_team_id = fields.Many2one("crm.team", readonly=True)
    previous_user_id = fields.Many2one("res.users", readonly=True)
    closed_at = fields.Datetime(string="Taken back on", readonly=True)
    closed_by_id = fields.Many2one("res.users", string="Taken back by", readonly=True)
    took_company = fields.Boolean(
        readonly=True, help="The lead had no company before, and took the team's."
    )
    closed_why = fields.Selection(
        [
            ("undone", "Undone"),
            ("cooled", "The lead cooled"),
            ("moved", "Given to somebody else since"),
        ],
        string="Why taken back",
        readonly=True,
    )

    def _remember(self):
        """Whose the leads were, for an undo."""
        for firing in self:
            firing.previous_team_id = firing.lead_id.team_id
            firing.previous_user_id = firing.lead_id.user_id
            firing.took_company = (
                firing.rule_id.team_id.company_id and not firing.lead_id.company_id
            )

    def action_undo(self):
        """Give the lead back to whom it was, and drop the activity if it is open."""
        self.lead_id.check_access("write")
        # sudo: whoever may write the lead may undo what a rule did to it
        firings = self.sudo()
        if firings.filtered("closed_at"):
            raise UserError(self.env._("This handover was already taken back."))
        firings._close("undone")
        return True

    def _close(self, why, team=None):
        """Take the leads back; who gave one to somebody else since has decided, and
        that stands."""
        moved = self.filtered(
            lambda firing: firing.user_id and firing.lead_id.user_id != firing.user_id
        )
        (self - moved)._take_back(why, team)
        moved._end("moved")
        (self - moved)._end(why)

    def _take_back(self, why, team):
        """Give the leads back, each in the company where it was."""
        nobody = self.env["res.users"]
        for firing in self:
            lead, back = firing.lead_id, firing.previous_team_id
            if team and lead._crm_served_by(team):  # one of another company is none
                back = team
            lead._crm_give(back, nobody if why == "cooled" else firing.previous_user_id)
            if firing.took_company and not back.company_id:
                lead.company_id = False

    def _end(self, why):
        """Close the handover: its activity goes, the lead is told why."""
        self.activity_id.filtered("active").unlink()
        self.write(
            {
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
                "closed_why": why,
            }
        )
        self.lead_id._message_log_batch(
            bodies={firing.lead_id.id: firing._closing_note(why) for firing in self}
        )

    def _closing_note(self, why):
        if why == "moved":
            return self.env._(
                "The handover by the rule “%(rule)s” is over; the lead stays with whom "
                "it was given to since.",
                rule=self.rule_id.name,
            )
        if why == "cooled":
            return self.env._(
                "Back to nurturing: score %(score)s is below %(limit)s "
                "(rule “%(rule)s”).",
                score=self.lead_id.crm_score,
                limit=self.rule_id.cool_below,
                rule=self.rule_id.name,
            )
        return self.env._(
            "The handover by the rule “%(rule)s” was undone.", rule=self.rule_id.name
        )
