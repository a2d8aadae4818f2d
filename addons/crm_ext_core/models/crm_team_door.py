from odoo import fields, models


class CrmTeam(models.Model):
    """What becomes of mails and requests of people who are known already."""

    _inherit = "crm.team"

    crm_duplicate_rule = fields.Selection(
        [
            ("join", "Add to the open lead of the same person"),
            ("new", "Always a new lead"),
        ],
        string="When the person is known",
        default="join",
        required=True,
        help="For mails to the team's address, requests of the portal and of other "
        "programs, and imports of its members; each capture form has its own rule. "
        "Mails that colleagues forward and those of robots (no-reply) always make a "
        "new lead.",
    )
    crm_source_id = fields.Many2one(
        "utm.source",
        string="Source of its mails",
        ondelete="set null",
        help="Source of the leads that mails to the team's address make. Empty: the "
        "address itself.",
    )

    def _crm_get_rule(self):
        return self.crm_duplicate_rule or "join"

    def _crm_get_mail_sources(self):
        """Source and medium of a lead that a mail makes."""
        # sudo: the gateway writes to a team under any user; these are its settings
        team = self.sudo()
        source, address = team.crm_source_id, team.alias_email
        if not source and address:
            source = team.env["utm.mixin"]._find_or_create_record("utm.source", address)
        medium = team.env["utm.medium"]._fetch_or_create_utm_medium("email")
        return {"source_id": source.id, "medium_id": medium.id}
