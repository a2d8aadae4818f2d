from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools import sharing


class CrmQualificationRule(models.Model):
    """Hands a lead over to sales when its score reaches a threshold: to whom, and
    why."""

    _name = "crm.qualification.rule"
    _description = "Qualification rule"
    _inherit = ["crm.lead.rule.mixin"]
    _order = "sequence, id"

    _cached_fields = frozenset({"active", "sequence", "domain"})

    threshold = fields.Integer(string="From score", required=True, default=70)

    team_id = fields.Many2one("crm.team", string="To team", required=True)
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, index="btree_not_null"
    )
    choice = fields.Selection(
        [
            ("least_loaded", "The member with the fewest open leads"),
            ("round_robin", "The members in turn"),
            ("fixed", "Always the same person"),
        ],
        string="Salesperson",
        default="least_loaded",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Person", domain=[("share", "=", False)]
    )
    keep_user = fields.Boolean(
        string="Keep the salesperson already set",
        default=True,
        help="A lead that has a salesperson stays with him; else it changes hands.",
    )

    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        required=True,
        default=lambda self: self.env.ref("mail.mail_activity_data_call", False),
        domain=[("res_model", "in", (False, "crm.lead"))],
    )
    activity_days = fields.Integer(string="Due after (days)", default=1)

    firing_ids = fields.One2many("crm.qualification.firing", "rule_id", readonly=True)
    firing_count = fields.Integer(
        string="Leads handed over", compute="_compute_firing_count"
    )

    _activity_days = models.Constraint(
        "CHECK(activity_days >= 0)", "The deadline cannot be in the past."
    )
    _fixed_user = models.Constraint(
        "CHECK(choice <> 'fixed' OR user_id IS NOT NULL)", "Choose the person."
    )

    def _compute_firing_count(self):
        counts = dict(
            self.env["crm.qualification.firing"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.firing_count = counts.get(rule, 0)

    # ------------------------------------------------------------------ actions
    def action_open_firings(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.qualification.firing",
            "view_mode": "list,graph",
            "domain": [("rule_id", "=", self.id)],
        }

    # ------------------------------------------------------------------ hand over
    @api.model
    @ormcache()
    def _active_ids(self):
        # sudo: cached for everybody, see _active_rules
        return tuple(self.sudo().search([("active", "=", True)]).ids)

    @api.model
    def _active_rules(self):
        # rules are the administrator's business, their effect is everybody's
        return self.sudo().browse(self._active_ids())

    @api.model
    def _hand_over(self, domain):
        """Apply each active rule to the leads whose score has just been refreshed.

        :param domain: which leads these are
        """
        for rule in self._active_rules():
            reached = rule._find_reached(domain)
            if reached:
                rule._hand_over_leads(reached)
            rule._take_back_cooled(domain)

    def _find_reached(self, leads):
        """The open leads that reach the rule and that it has not handed over yet."""
        domain = Domain(leads) & Domain(
            [
                ("active", "=", True),
                ("won_status", "=", "pending"),
                ("crm_score", ">=", self.threshold),
                ("crm_firing_ids", "not any", [("rule_id", "=", self.id)]),
            ]
        )
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        domain &= self._grade_domain()
        found = self.env["crm.lead"].with_context(active_test=False)
        return found.search(domain & self._lead_domain())

    def _hand_over_leads(self, leads):
        now = fields.Datetime.now()
        firings = self.env["crm.qualification.firing"]._claim(self, leads, now)
        kept = firings.filtered(
            lambda firing: self.keep_user and firing.lead_id.user_id
        )
        for firing in kept:
            firing.user_id = firing.lead_id.user_id
        self._share_out(firings - kept)
        self._assign(firings)
        self._explain(firings, kept)
        self._plan_activities(firings, now)

    def _share_out(self, firings):
        """Choose who gets each lead, among those who work for its company."""
        people = self._find_people()
        load, last = self._find_load(people), self._find_last(people)
        companies = firings.grouped(lambda firing: firing.lead_id.company_id)
        for company, group in companies.items():
            able = people.filtered(
                lambda user, own=company: not own or own in user.company_ids
            )
            chosen = self._choose_users(able, len(group), load, last)
            for firing, user_id in zip(group, chosen, strict=False):
                firing.user_id = user_id
                load[user_id] += 1
                last = user_id

    def _find_people(self):
        if self.choice == "fixed":
            return self.user_id
        return (
            self.team_id.crm_team_member_ids.filtered(
                lambda member: member.active and not member.assignment_optout
            ).user_id
            or self.team_id.user_id
        )

    def _find_load(self, people):
        """{id of a person: open leads}"""
        open_leads = self.env["crm.lead"]._read_group(
            [("user_id", "in", people.ids), ("won_status", "=", "pending")],
            ["user_id"],
            ["__count"],
        )
        return dict.fromkeys(people.ids, 0) | {user.id: n for user, n in open_leads}

    def _find_last(self, people):
        """Id of who of these got the last lead of the rule."""
        firing = self.env["crm.qualification.firing"].search(
            [("rule_id", "=", self.id), ("user_id", "in", people.ids)], limit=1
        )
        return firing.user_id.id

    def _choose_users(self, people, count, load, last):
        """Ids of the people who get the next leads; none when there is nobody."""
        if self.choice == "fixed":
            return people.ids * count
        if self.choice == "round_robin":
            return sharing.round_robin(people.ids, last, count)
        return sharing.least_loaded({one: load[one] for one in people.ids}, count)

    def _assign(self, firings):
        firings._remember()
        firings.team_id = self.team_id
        for user, group in firings.grouped("user_id").items():
            # the activity tells the salesperson: no second message about the assignment
            group.lead_id._crm_give(self.team_id, user or None)

    def _explain(self, firings, kept):
        """Store the reason in the salesperson's language, and log it on each lead."""
        for lang, group in firings.grouped(lambda firing: firing.user_id.lang).items():
            rule = self.with_context(lang=lang or self.env.lang)
            parts = rule.env["crm.score.entry"]._points_of(group.lead_id)
            for firing in group:
                words = parts.get(firing.lead_id, "")
                firing.reason = rule._reason(firing, words, firing in kept)
        firings.lead_id._message_log_batch(
            bodies={firing.lead_id.id: firing.reason for firing in firings},
            author_id=self.env.ref("base.partner_root").id,
        )

    def _reason(self, firing, parts, kept):
        return self.env._(
            "Handed over by the rule “%(rule)s”: score %(score)s reaches %(threshold)s "
            "(%(parts)s). Team: %(team)s. Salesperson: %(user)s (%(choice)s).",
            rule=self.name,
            score=firing.score,
            threshold=self.threshold,
            parts=parts,
            team=self.team_id.name,
            user=firing.user_id.name or self.env._("nobody yet"),
            choice=self._why("kept" if kept else self.choice),
        )

    def _why(self, choice):
        """Why this person: words of the code, at hand in every language."""
        return {
            "kept": self.env._("already in charge"),
            "least_loaded": self.env._("fewest open leads in the team"),
            "round_robin": self.env._("next in turn"),
            "fixed": self.env._("named by the rule"),
        }[choice]

    def _plan_activities(self, firings, now):
        model_id = self.env["ir.model"]._get_id("crm.lead")
        deadline = now.date() + timedelta(days=self.activity_days)
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        created = activities.create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": firing.lead_id.id,
                    "activity_type_id": self.activity_type_id.id,
                    "summary": self.with_context(lang=firing.user_id.lang).name,
                    "note": firing.reason,
                    "user_id": firing.user_id.id,
                    "date_deadline": deadline,
                }
                for firing in firings
            ]
        )
        for firing, activity in zip(firings, created, strict=True):
            firing.activity_id = activity
