from odoo import api, fields, models

STATES = [
    ("excluded", "Address excluded"),
    ("soft", "Mail returned lately"),
    ("refused", "Mail refused by a filter"),
]


class ResPartner(models.Model):
    """The contact says whether mail reaches it."""

    _inherit = "res.partner"

    crm_bounce_ids = fields.One2many(
        "crm.bounce", "partner_id", string="Returned mails", readonly=True
    )
    crm_bounce_state = fields.Selection(
        STATES, string="E-mail reach", compute="_compute_crm_bounce_state"
    )
    crm_bounce_summary = fields.Char(compute="_compute_crm_bounce_state")

    @api.depends("email_normalized", "crm_bounce_ids.is_cleared")
    @api.depends_context("lang")
    def _compute_crm_bounce_state(self):
        """State of the address by its latest return that still counts."""
        # sudo: the state of an address is shown to whoever sees the contact
        bounces = (
            self.env["crm.bounce"]
            .sudo()
            .search(
                [
                    ("email", "in", self.filtered("email").mapped("email_normalized")),
                    ("kind", "=", "return"),
                    ("is_cleared", "=", False),
                ]
            )
            .grouped("email")
        )
        labels = dict(
            self.env["crm.bounce"]._fields["reason"]._description_selection(self.env)
        )
        for partner in self:
            mine = bounces.get(partner.email_normalized)
            last = mine and (mine.filtered("is_excluding") or mine)[0]
            partner.crm_bounce_state = last and last._state_of_address()
            partner.crm_bounce_summary = last and labels[last.reason]

    def action_crm_view_bounces(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_campaigns.crm_bounce_action"
        )
        action["domain"] = [("email", "=", self.email_normalized)]
        action["context"] = {}
        return action

    def action_crm_allow_again(self):
        """Take the address off the exclusion list after it was excluded by returns."""
        self.env["mail.blacklist"].check_access("write")
        # sudo: bounces are read by address; the right to exclude was checked above
        bounces = self.env["crm.bounce"].sudo()
        mine = bounces.search([("email", "in", self.mapped("email_normalized"))])
        return mine.sudo(False).action_allow_again()
