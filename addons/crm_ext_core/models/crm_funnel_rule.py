from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

MOMENTS = [
    ("require", "Before the card moves on: ask for fields"),
    ("enter", "When the card enters"),
    ("leave", "When the card leaves"),
    ("event", "When something happens to the card"),
    ("stale", "When the card stays too long"),
]


class CrmFunnelRule(models.Model):
    """What a stage asks for, and what happens by itself to the cards in it.

    A rule fires once for each stay of a card in its stage (crm.stage.passage); each
    firing is a crm.funnel.firing. How it fires: crm_funnel_rule_fire.py.
    """

    _name = "crm.funnel.rule"
    _description = "Funnel rule"
    _inherit = ["crm.lead.rule.mixin"]
    _order = "stage_sequence, sequence, id"

    _cached_fields = frozenset(
        {"active", "sequence", "domain", "stage_id", "moment", "event"}
    )

    stage_id = fields.Many2one(
        "crm.stage", required=True, index=True, ondelete="cascade"
    )
    stage_sequence = fields.Integer(
        string="Order of the stage", related="stage_id.sequence", store=True
    )
    team_id = fields.Many2one(
        "crm.team", string="Only of the team", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", index="btree_not_null")
    moment = fields.Selection(MOMENTS, default="enter", required=True)
    event = fields.Selection(selection="_selection_event", string="What happens")
    stale_days = fields.Integer(
        string="After days in the stage",
        default=10,
        help="The cards are also marked on the board when the stage itself says after "
        "how many days they rot.",
    )
    required_field_ids = fields.Many2many(
        "ir.model.fields",
        string="Fields to fill",
        domain=[("model", "=", "crm.lead"), ("readonly", "=", False)],
    )
    forward_only = fields.Boolean(
        string="Only when it moves forward",
        default=True,
        help="A card may go back to an earlier stage without these fields.",
    )
    action_ids = fields.One2many(
        "crm.funnel.action", "rule_id", string="What to do", copy=True
    )
    firing_ids = fields.One2many("crm.funnel.firing", "rule_id", readonly=True)
    firing_count = fields.Integer(string="Firings", compute="_compute_firing_count")
    failed_count = fields.Integer(string="Failed", compute="_compute_firing_count")

    _event_given = models.Constraint(
        "CHECK (moment <> 'event' OR event IS NOT NULL)",
        "Choose what must happen to the card.",
    )
    _stale_days = models.Constraint(
        "CHECK (moment <> 'stale' OR stale_days > 0)",
        "Enter after how many days the card has stayed too long.",
    )

    @api.model
    def _selection_event(self):
        events = self.env["crm.hooks"]._funnel_events()
        return [(key, event.label) for key, event in events.items()]

    def _compute_firing_count(self):
        counts = self.env["crm.funnel.firing"]._read_group(
            [("rule_id", "in", self.ids)], ["rule_id", "state"], ["__count"]
        )
        for rule in self:
            mine = {state: n for one, state, n in counts if one == rule}
            rule.firing_count = sum(mine.values())
            rule.failed_count = mine.get("failed", 0)

    @api.constrains("moment", "required_field_ids", "action_ids")
    def _check_complete(self):
        for rule in self:
            if rule.moment == "require" and not rule.required_field_ids:
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s: choose the fields that must be filled.",
                        rule=rule.name,
                    )
                )
            if rule.moment == "leave" and "move" in rule.action_ids.mapped("kind"):
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s: a card that leaves is on its way already; move "
                        "it when it enters, or when something happens.",
                        rule=rule.name,
                    )
                )

    # ------------------------------------------------------------------ actions
    def action_open_firings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_funnel_firing_action"
        )
        return action | {"domain": [("rule_id", "=", self.id)], "context": {}}

    def action_try(self):
        """Open the dry run of this rule."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dry run: %(rule)s", rule=self.name),
            "res_model": "crm.funnel.trial",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    # ------------------------------------------------------------------ which rules
    @api.model
    @ormcache("stage_id", "moment", "event")
    def _rule_ids(self, stage_id, moment, event):
        domain = [("stage_id", "=", stage_id), ("moment", "=", moment)]
        if moment == "event":
            domain.append(("event", "=", event))
        # sudo: cached for everybody, see _rules_of; so are only those switched on,
        # whatever the screen of who asks first shows
        rules = self.sudo().search(
            [*domain, ("active", "=", True)], order="sequence, id"
        )
        return tuple(rules.ids)

    @api.model
    def _rules_of(self, stage_id, moment, event=False):
        """The rules in force, in their order; what they do is a manager's decision,
        whoever moves the card."""
        # sudo: as the docstring says
        return self.sudo().browse(self._rule_ids(stage_id, moment, event))

    # ------------------------------------------------------------------ which cards
    def _card_domain(self):
        """The cards that the rule is about, wherever they stand."""
        domain = Domain("type", "=", "opportunity") & self._lead_domain()
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        return domain

    def _find_due(self, leads):
        domain = Domain("id", "in", leads.ids) & self._card_domain()
        if self.moment != "leave":
            domain &= Domain("stage_id", "=", self.stage_id.id)
        return leads.with_context(active_test=False).search(domain).sorted("id")

    def _why_not(self, lead):
        """Why the rule is not about this card, in words; empty when it is."""
        if self.team_id and lead.team_id != self.team_id:
            return self.env._(
                "it is for the team %(team)s", team=self.team_id.display_name
            )
        if self.company_id and lead.company_id not in (
            self.company_id,
            self.env["res.company"],
        ):
            return self.env._(
                "it is for the company %(company)s", company=self.company_id.name
            )
        domain = self._lead_domain()
        terms = getattr(domain, "children", None) or [domain]
        if getattr(domain, "OPERATOR", "&") != "&":
            terms = [domain]
        unmet = [term for term in terms if not lead.filtered_domain(term)]
        if unmet:
            words = ", ".join(self._term_words(term) for term in unmet)
            return self.env._("the card does not meet: %(terms)s", terms=words)
        return ""

    def _term_words(self, term):
        """A term of a domain as a reader understands it."""
        path = getattr(term, "field_expr", "")
        field = self.env["crm.lead"]._fields.get(path.split(".")[0])
        if not field:
            return str(term)
        label = field.get_description(self.env, ["string"])["string"]
        return f"{label} {term.operator} {term.value}"

    # ------------------------------------------------------------------ fields
    def _find_missing(self, lead):
        """Labels of the fields that this card must have and has not."""
        return [
            field.field_description
            for field in self.required_field_ids
            if not lead[field.name]
        ]
