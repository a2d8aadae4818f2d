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
            ("expertise", "Expertise"),
            ("share", "Share of the team's work"),
        ],
        required=True,
        readonly=True,
    )
    load = fields.Integer(string="Open leads before", readonly=True)
    expertise = fields.Json(
        readonly=True,
        help="What the lead asked for and the salesperson knows: pairs of a kind and "
        "an id.",
    )
    reason = fields.Text(compute="_compute_reason")

    @api.depends("cause", "load", "user_id", "rule_id", "expertise")
    @api.depends_context("lang")
    def _compute_reason(self):
        names = self._find_known_names()
        for decision in self:
            decision.reason = decision._explain(names)

    def _find_known_names(self):
        """{(kind, id): name}, of what still exists and the reader may read."""
        known = {(kind, one) for pairs in self for kind, one in pairs.expertise or ()}
        members, names = self.env["crm.team.member"], {}
        for kind, entry in self.env["crm.hooks"]._assignment_expertise().items():
            model = members._fields[entry.member_field].comodel_name
            ids = sorted(one for own, one in known if own == kind)
            records = self.env[model].browse(ids).exists()._filtered_access("read")
            names |= {(kind, record.id): record.display_name for record in records}
        return names

    def _explain(self, names):
        """The decision in words, in the reader's language."""
        person, rule = self.user_id.name, self.rule_id.name
        if self.cause == "owner":
            return self.env._(
                "%(person)s follows this company already (rule %(rule)s).",
                person=person,
                rule=rule,
            )
        chosen = (
            self.env._("next in turn")
            if self.rule_id.method == "in_turn"
            else self.env._("the fewest open leads: %(load)s", load=self.load)
        )
        return self.env._(
            "%(person)s %(why)s; %(chosen)s (rule %(rule)s).",
            person=person,
            why=self._explain_cause(self._list_known(names)),
            chosen=chosen,
            rule=rule,
        )

    def _explain_cause(self, known):
        if self.cause == "share":
            return self.env._("takes a share of the team's leads")
        if not known:
            return {
                "territory": self.env._("covers the territory"),
                "expertise": self.env._("has the expertise asked for"),
            }[self.cause]
        if self.cause == "territory":
            return self.env._(
                "covers the territory and has the expertise asked for (%(known)s)",
                known=known,
            )
        return self.env._("has the expertise asked for (%(known)s)", known=known)

    def _list_known(self, names):
        """Such as "Topics: Cloud · Products: Hosting, Support"."""
        parts = []
        for kind, entry in self.env["crm.hooks"]._assignment_expertise().items():
            found = [
                names[own, one]
                for own, one in self.expertise or ()
                if own == kind and (own, one) in names
            ]
            if found:
                parts.append(
                    self.env._(
                        "%(kind)s: %(names)s", kind=entry.label, names=", ".join(found)
                    )
                )
        return " · ".join(parts)

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
                    "expertise": sorted(one.known),
                }
                for rule, one in carried
            ]
        )
