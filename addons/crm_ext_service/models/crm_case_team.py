from ast import literal_eval

from odoo import api, fields, models


class CrmCaseTeam(models.Model):
    """The people who handle cases, with the address that creates them by mail."""

    _name = "crm.case.team"
    _description = "Service team"
    _inherit = ["mail.alias.mixin", "mail.thread"]
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Leader", domain=[("share", "=", False)]
    )
    member_ids = fields.Many2many(
        "res.users",
        "crm_case_team_member_rel",
        "team_id",
        "user_id",
        string="Members",
        domain=[("share", "=", False)],
    )
    queue_id = fields.Many2one(
        "crm.queue",
        check_company=True,
        index="btree_not_null",
        help="New cases without a holder wait here.",
    )

    case_ids = fields.One2many("crm.case", "team_id")
    open_count = fields.Integer(string="Open cases", compute="_compute_counts")
    waiting_count = fields.Integer(
        string="In the queue", related="queue_id.waiting_count"
    )

    @api.depends("case_ids.is_closed")
    def _compute_counts(self):
        counts = dict(
            self.env["crm.case"]._read_group(
                [("team_id", "in", self.ids), ("is_closed", "=", False)],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.open_count = counts.get(team, 0)

    @api.model
    def _get_default_team(self):
        """The user's first team in his company, else the company's first team."""
        domain = [("company_id", "=", self.env.company.id)]
        # a case may be opened by someone who is in no team and may not read them
        teams = self.sudo()
        mine = teams.search([*domain, ("member_ids", "in", self.env.uid)], limit=1)
        return (mine or teams.search(domain, limit=1)).sudo(False)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crm.case")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = defaults | {"team_id": self.id}
        return values

    def action_open_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_service.crm_case_action"
        )
        return action | {
            "name": self.name,
            "domain": [("team_id", "=", self.id)],
            "context": {"default_team_id": self.id, "search_default_open": 1},
        }
