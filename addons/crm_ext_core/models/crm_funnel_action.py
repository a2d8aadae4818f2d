from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmFunnelAction(models.Model):
    """One thing that a funnel rule does to the cards it fires on.

    A kind is an entry of crm.hooks._funnel_actions() with its `_run_<kind>` and
    `_undo_<kind>`; those of core stand in crm_funnel_action_people.py and
    crm_funnel_action_card.py.
    """

    _name = "crm.funnel.action"
    _description = "Action of a funnel rule"
    _order = "sequence, id"
    _rec_name = "kind"

    rule_id = fields.Many2one(
        "crm.funnel.rule", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection="_selection_kind", string="Action", required=True, default="activity"
    )
    words = fields.Char(string="Details", compute="_compute_words")

    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        domain=[("res_model", "in", (False, "crm.lead"))],
    )
    summary = fields.Char(translate=True)
    days = fields.Integer(string="Due after (days)", default=1)
    who = fields.Selection(
        [
            ("owner", "The salesperson of the card"),
            ("leader", "The head of its team"),
            ("person", "This person"),
        ],
        string="For",
        default="owner",
    )
    user_id = fields.Many2one(
        "res.users", string="Person", domain=[("share", "=", False)]
    )
    team_id = fields.Many2one("crm.team")
    plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Activity plan",
        domain=[("res_model", "=", "crm.lead")],
    )
    template_id = fields.Many2one(
        "mail.template", string="E-mail template", domain=[("model", "=", "crm.lead")]
    )
    tag_ids = fields.Many2many(
        "crm.tag", string="Tags", domain=[("crm_retired", "=", False)]
    )
    segment_id = fields.Many2one(
        "crm.segment",
        domain=[("kind", "=", "static"), ("res_model", "in", ("crm.lead", "all"))],
    )
    next_stage_id = fields.Many2one("crm.stage", string="To the stage")

    _days = models.Constraint(
        "CHECK (days >= 0)", "The deadline cannot be in the past."
    )

    @api.model
    def _selection_kind(self):
        actions = self.env["crm.hooks"]._funnel_actions()
        return [(key, action.label) for key, action in actions.items()]

    @api.model
    def _needed_fields(self):
        """{kind: the field without which it cannot be done}; extended by addons."""
        return {
            "activity": "activity_type_id",
            "plan": "plan_id",
            "mail": "template_id",
            "tag": "tag_ids",
            "assign": "user_id",
            "segment": "segment_id",
            "move": "next_stage_id",
        }

    @api.constrains("kind", "next_stage_id")
    def _check_needed(self):
        needed = self._needed_fields()
        for action in self:
            name = needed.get(action.kind)
            if name and not action[name]:
                label = self._fields[name].get_description(self.env, ["string"])
                raise ValidationError(
                    self.env._(
                        "%(rule)s: choose %(field)s.",
                        rule=action.rule_id.name,
                        field=label["string"],
                    )
                )
            if (
                action.kind == "move"
                and action.next_stage_id == action.rule_id.stage_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(rule)s: the card is in %(stage)s already; choose another "
                        "stage.",
                        rule=action.rule_id.name,
                        stage=action.next_stage_id.name,
                    )
                )

    @api.depends(
        "kind",
        *(
            "activity_type_id",
            "summary",
            "plan_id",
            "template_id",
            "tag_ids",
            "user_id",
            "team_id",
            "segment_id",
            "next_stage_id",
        ),
    )
    def _compute_words(self):
        needed = self._needed_fields()
        for action in self:
            name = needed.get(action.kind)
            value = action[name] if name else False
            words = ", ".join(value.mapped("display_name")) if value else ""
            if action.kind == "activity" and action.summary:
                words = f"{words}: {action.summary}"
            action.words = words

    # ------------------------------------------------------------------ doing
    def _run(self, firings):
        """Do it to the cards of these firings, all at once.

        :return: values of the effects
        """
        self.ensure_one()
        effects = getattr(self, f"_run_{self.kind}")(firings)
        return [
            {"action_id": self.id, "kind": self.kind} | values for values in effects
        ]

    @api.model
    def _effect(self, firing, done, record=None, **memory):
        """The values of an effect: what was done in words, the record made, and what an
        undo needs to know."""
        return {
            "firing_id": firing.id,
            "done": done,
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
            "memory": memory,
        }
