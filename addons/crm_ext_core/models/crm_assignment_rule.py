from collections import Counter
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..conflicts import retried
from ..tools.assignment import Policy, after_earlier, assign

LEADS_AT_ONCE = 20_000
PART = 1000  # leads given in one transaction


class CrmAssignmentRule(models.Model):
    """Gives the leads that nobody has to the people of a team, and says why.

    The first rule whose criteria a lead meets decides. Territory, expertise, capacity
    and absence are those of the members of the team.
    """

    _name = "crm.assignment.rule"
    _description = "Assignment rule"
    _inherit = ["crm.lead.rule.mixin"]
    _order = "sequence, id"

    team_id = fields.Many2one("crm.team", string="To team", required=True)
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, index="btree_not_null"
    )
    keep_owner = fields.Boolean(
        string="First who follows the company",
        default=True,
        help="A lead of a company that a member of the team follows goes to that "
        "member, whatever the load.",
    )
    method = fields.Selection(
        [
            ("least_loaded", "The member with the fewest open leads"),
            ("in_turn", "The members in turn"),
        ],
        string="Among several",
        default="least_loaded",
        required=True,
    )
    use_capacity = fields.Boolean(
        string="Heed the capacity",
        default=True,
        help="The number of leads in 30 days that each member takes.",
    )
    use_absence = fields.Boolean(
        string="Heed hours and absence",
        default=True,
        help="Nobody gets a lead who does not work within a day.",
    )
    decision_ids = fields.One2many("crm.assignment.decision", "rule_id", readonly=True)
    decision_count = fields.Integer(compute="_compute_decision_count")

    def _compute_decision_count(self):
        counts = dict(
            self.env["crm.assignment.decision"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.decision_count = counts.get(rule, 0)

    # ------------------------------------------------------------------ decide
    @api.model
    def _decide(self, leads=None):
        """Decide on the leads that nobody has; nothing is written.

        Rules and leads are those that the caller may read: of his companies when he
        presses the button, of all of them for the scheduled action.

        :param leads: among these; None: all of them
        :return: [(rule, tools.assignment.Decision)] in the order of the leads' arrival
        """
        known, decided, earlier = set(), [], Counter()
        for rule in self.search([("active", "=", True)]):
            found = rule._find_leads(leads).filtered(lambda lead: lead.id not in known)
            known.update(found.ids)
            # sudo: load, capacity and who follows a company count all the leads of a
            # person, also those that who presses the button cannot read
            everything, whole = found.sudo(), rule.sudo()
            people, policy = whole._to_choice(earlier)
            given = assign(everything._to_assignment_leads(), people, policy)
            for user_id in filter(None, (one.user_id for one in given)):
                earlier.update([user_id, (whole.team_id.id, user_id)])
            decided += [(rule, decision) for decision in given]
        return decided

    def _find_leads(self, leads):
        domain = self._lead_domain() & Domain(
            [("user_id", "=", False), ("won_status", "=", "pending")]
        )
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        if leads is not None:
            domain &= Domain("id", "in", leads.ids)
        return self.env["crm.lead"].search(domain, order="id", limit=LEADS_AT_ONCE)

    def _to_choice(self, earlier):
        """The people of the team and how to choose among them.

        :param earlier: how many leads earlier rules of this run gave to a user, and
            in a team: {user id: number, (team id, user id): number}
        """
        self.ensure_one()
        team = self.team_id
        members = team.crm_team_member_ids.filtered(
            lambda member: member.active and not member.assignment_optout
        )
        last = self.env["crm.assignment.decision"].search(
            [("rule_id", "=", self.id)], limit=1
        )
        policy = Policy(
            keep_owner=self.keep_owner,
            in_turn=self.method == "in_turn",
            last=last.user_id.id,
        )
        people = [
            after_earlier(one, earlier[one.user_id], earlier[team.id, one.user_id])
            for one in members._to_people(self.use_capacity, self.use_absence)
        ]
        return people, policy

    # ------------------------------------------------------------------ actions
    @api.model
    def _cron_assign(self):
        """Give what nobody has, part by part, each as the leads are by then."""
        cron, ledger = self.env["ir.cron"], self.env["crm.assignment.decision"]
        # sudo: the leads of all companies, whoever the scheduled action runs as
        decided = [one for one in self.sudo()._decide() if one[1].user_id]
        cron._commit_progress(remaining=len(decided))
        for part in split_every(PART, decided, list):
            retried(self.env, partial(ledger._apply, part))
            cron._commit_progress(len(part))

    def action_open_decisions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.assignment.decision",
            "view_mode": "list,kanban,graph,pivot",
            "domain": [("rule_id", "=", self.id)],
        }
