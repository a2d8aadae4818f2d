from odoo import api, fields, models

# the trace of each lead is its decision: ten thousand messages would tell no more
QUIET = {
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
}


class CrmAssignmentDecision(models.Model):
    """Why this person got this lead; kept, and read on the lead."""

    _name = "crm.assignment.decision"
    _description = "Assignment decision"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        "crm.lead", required=True, ondelete="cascade", index=True, readonly=True
    )
    rule_id = fields.Many2one(
        "crm.assignment.rule",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    team_id = fields.Many2one(related="rule_id.team_id", store=True)
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", index=True, readonly=True
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    cause = fields.Selection(
        [
            ("owner", "Follows the company already"),
            ("territory", "Territory"),
            ("expertise", "Topic or language"),
            ("share", "Share of the team's work"),
        ],
        required=True,
        readonly=True,
    )
    load = fields.Integer(string="Open leads before", readonly=True)
    reason = fields.Char(compute="_compute_reason")

    @api.depends("cause", "load", "user_id", "rule_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for decision in self:
            decision.reason = decision._explain()

    def _explain(self):
        """The decision in words, in the reader's language."""
        person, rule = self.user_id.name, self.rule_id.name
        if self.cause == "owner":
            return self.env._(
                "%(person)s follows this company already (rule %(rule)s).",
                person=person,
                rule=rule,
            )
        words = {
            "territory": self.env._("covers the territory"),
            "expertise": self.env._("knows the topic or the language"),
            "share": self.env._("takes a share of the team's leads"),
        }
        chosen = (
            self.env._("next in turn")
            if self.rule_id.method == "in_turn"
            else self.env._("the fewest open leads: %(load)s", load=self.load)
        )
        return self.env._(
            "%(person)s %(why)s; %(chosen)s (rule %(rule)s).",
            person=person,
            why=words[self.cause],
            chosen=chosen,
            rule=rule,
        )

    # ------------------------------------------------------------------ apply
    @api.model
    def _apply(self, decided):
        """Give the leads; those that somebody took meanwhile stay with him, those that
        went to another company meanwhile stay there.

        :param decided: [(rule, tools.assignment.Decision)], each with a user
        :return: the decisions that were carried out
        """
        # sudo: the ledger is written by this method alone; the action checked that its
        # user may assign, and which rules and leads are his
        ledger = self.sudo()
        leads = ledger.env["crm.lead"].browse([one.lead_id for _rule, one in decided])
        leads = leads.exists().try_lock_for_update(allow_referencing=True)
        free = leads.filtered(lambda lead: not lead.user_id).grouped("id")
        carried, groups = [], {}
        for rule, one in decided:
            team = rule.with_env(ledger.env).team_id
            user = ledger.env["res.users"].browse(one.user_id)
            lead = free.get(one.lead_id)
            if lead and lead._crm_served_by(team, user):
                carried.append((rule, one))
                groups.setdefault((team, user), []).append(lead.id)
        for (team, user), ids in groups.items():
            leads.browse(ids).with_context(**QUIET)._crm_give(team, user)
        return ledger.create(
            [
                {
                    "lead_id": one.lead_id,
                    "rule_id": rule.id,
                    "user_id": one.user_id,
                    "cause": one.cause,
                    "load": one.load,
                }
                for rule, one in carried
            ]
        )
