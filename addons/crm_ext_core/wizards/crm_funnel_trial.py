from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..rehearsal import callbacks_forgotten

# what is only tried makes no noise: no tracking, no message, no notification
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "crm_funnel_rehearsal": True,
}


class Rehearsed(Exception):
    """All has been shown: roll it back."""


class CrmFunnelTrial(models.TransientModel):
    """Dry run of the funnel's rules on a real card.

    It is carried out in earnest inside a savepoint that is rolled back: what it shows
    is what would happen, and nothing of it stays.
    """

    _name = "crm.funnel.trial"
    _description = "Dry run of the funnel"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Card",
        domain=[("type", "=", "opportunity")],
        ondelete="cascade",
    )
    rule_id = fields.Many2one("crm.funnel.rule", ondelete="cascade")
    moment = fields.Selection(
        [
            ("move", "The card is moved to a stage"),
            ("event", "Something happens to it"),
            ("stale", "It stays too long in its stage"),
        ],
        string="What if",
        default="move",
        required=True,
    )
    stage_id = fields.Many2one("crm.stage", string="To the stage")
    event = fields.Selection(selection="_selection_event", string="What happens")
    questionnaire = fields.Selection(selection="_selection_questionnaire")
    line_ids = fields.One2many("crm.funnel.trial.line", "trial_id", readonly=True)
    tried = fields.Boolean(readonly=True)
    start_stage_id = fields.Many2one("crm.stage", string="From", readonly=True)
    end_stage_id = fields.Many2one(
        "crm.stage", string="The card would end in", readonly=True
    )

    @api.model
    def _selection_event(self):
        return self.env["crm.funnel.rule"]._selection_event()

    @api.model
    def _selection_questionnaire(self):
        return self.env["crm.funnel.rule"]._selection_questionnaire()

    @api.depends("rule_id", "lead_id")
    def _compute_display_name(self):
        for trial in self:
            trial.display_name = self.env._("Dry run")

    def action_try(self):
        """Show what would happen; leave nothing of it."""
        self.ensure_one()
        self._check_given()
        lines, end = self._rehearse()
        self.write(
            {
                "line_ids": [Command.clear()] + [Command.create(one) for one in lines],
                "start_stage_id": self.lead_id.stage_id.id,
                "end_stage_id": end,
                "tried": True,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What would happen"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_given(self):
        if not self.lead_id:
            raise UserError(self.env._("Choose the card to try it on."))
        self.lead_id.check_access("read")
        if not self.rule_id and self.moment == "move" and not self.stage_id:
            raise UserError(self.env._("Choose the stage the card is moved to."))
        if not self.rule_id and self.moment == "event" and not self.event:
            raise UserError(self.env._("Choose what happens to the card."))

    def _rehearse(self):
        """Play it, look, and roll it back.

        :return: the values of the lines, and the id of the stage the card ends in
        """
        lines, end, cr = [], False, self.env.cr
        self.env.flush_all()
        try:
            with callbacks_forgotten(cr), cr.savepoint():
                # sudo: rules act with a manager's decision; all is rolled back
                lead = self.lead_id.sudo().with_context(**QUIET)
                lines = self._play(lead)
                lead.invalidate_recordset()
                end = lead.stage_id.id
                raise Rehearsed
        except Rehearsed:
            return lines, end

    def _play(self, lead):
        # sudo: as in _rehearse
        rules = (
            self.env["crm.funnel.rule"]
            .sudo()
            .with_context(**QUIET, crm_questionnaire=self.questionnaire)
        )
        if self.rule_id:
            return self._play_rule(lead, rules.browse(self.rule_id.id))
        if self.moment == "move":
            return self._play_move(lead, rules)
        self._put(lead, lead.stage_id)
        due = rules._rules_of(lead.stage_id.id, self.moment, self.event)
        return self._let_act(due, lead)

    def _play_rule(self, lead, rule):
        """One rule, switched on or not, as if its moment had come."""
        stage = rule.stage_id
        self._put(lead, stage)
        if rule.moment == "require":
            return [self._line_required(rule, lead)]
        if rule.moment == "leave":
            later = stage.search([("sequence", ">", stage.sequence)], limit=1)
            self._put(lead, later or stage)
        return self._let_act(rule, lead)

    def _play_move(self, lead, rules):
        old, new = lead.stage_id, self.stage_id.with_env(lead.env)
        asked = [
            self._line_required(rule, lead)
            for rule in rules._rules_of(old.id, "require")
            if not rule.forward_only or old._crm_is_before(new)
        ]
        if any(line["outcome"] == "refuses" for line in asked):
            return asked
        self._put(lead, new)
        asked += self._let_act(rules._rules_of(old.id, "leave"), lead)
        return asked + self._let_act(rules._rules_of(new.id, "enter"), lead)

    def _put(self, lead, stage):
        """Let the card begin a stay in the stage, without any rule."""
        if lead.stage_id != stage:
            lead.with_context(crm_funnel_off=True).write({"stage_id": stage.id})
            return
        # sudo: as in _rehearse
        stays = self.env["crm.stage.passage"].sudo()
        stays._ensure(lead._crm_flush_places())
        stays._move(lead, fields.Datetime.now())

    def _line_required(self, rule, lead):
        if why := rule._why_not(lead):
            return self._line(rule, "skips", why)
        missing = rule._find_missing(lead)
        if missing:
            words = rule._words_missing(rule.stage_id, [lead], {lead: missing})
            return self._line(rule, "refuses", words)
        return self._line(rule, "fires", self.env._("All these fields are filled."))

    def _let_act(self, rules, lead):
        """The lines of these rules and of those that they set off."""
        lines = []
        for rule in rules:
            stage = lead.stage_id
            if rule.moment != "leave" and stage != rule.stage_id:
                why = self.env._("the card has moved on to %(stage)s", stage=stage.name)
            else:
                why = rule._why_not(lead)
            if why:
                lines.append(self._line(rule, "skips", why))
            else:
                lines += self._fire(rule, lead)
        return lines

    def _fire(self, rule, lead):
        firings = self.env["crm.funnel.firing"].sudo()  # sudo: as in _rehearse
        last = firings.search([], limit=1).id or 0
        rule.with_context(crm_funnel_path=(lead.stage_id.id,))._fire(lead)
        lead.invalidate_recordset()
        outcomes = {"done": "fires", "failed": "fails", "stopped": "stops"}
        return [
            self._line(firing.rule_id, outcomes[firing.state], firing._words())
            for firing in firings.search(
                [("id", ">", last), ("lead_id", "=", lead.id)], order="id"
            )
        ]

    @api.model
    def _line(self, rule, outcome, words):
        return {"rule_id": rule.id, "outcome": outcome, "words": words}
