from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.funnel import MAX_MOVES, why_stop


class CrmFunnelAction(models.Model):
    """What a rule changes on the card: tags, person, segment, stage."""

    _inherit = "crm.funnel.action"

    # ------------------------------------------------------------------ tags
    def _run_tag(self, firings):
        lacking = {firing: self.tag_ids - firing.lead_id.tag_ids for firing in firings}
        leads = firings.filtered(lambda firing: lacking[firing]).lead_id
        leads.write({"tag_ids": [Command.link(tag.id) for tag in self.tag_ids]})
        names = ", ".join(self.tag_ids.mapped("name"))
        done = self.env._("Tags: %(tags)s", tags=names)
        return [
            self._effect(firing, done, tags=lacking[firing].ids) for firing in firings
        ]

    def _undo_tag(self, effect):
        effect.firing_id.lead_id.write(
            {"tag_ids": [Command.unlink(tag) for tag in effect.memory["tags"]]}
        )
        return ""

    # ------------------------------------------------------------------ person
    def _run_assign(self, firings):
        self._check_served(firings.lead_id)
        effects = [
            self._effect(
                firing,
                self.env._("Given to %(person)s", person=self.user_id.name),
                user=firing.lead_id.user_id.id,
                team=firing.lead_id.team_id.id,
                to=self.user_id.id,
            )
            for firing in firings
        ]
        firings.lead_id._crm_give(self.team_id or None, self.user_id)
        return effects

    def _check_served(self, leads):
        for lead in leads:
            if not lead._crm_served_by(self.team_id, self.user_id):
                raise UserError(
                    self.env._(
                        "The card is of %(company)s, for which %(person)s or the team "
                        "does not work: choose somebody of that company.",
                        company=lead.company_id.name,
                        person=self.user_id.name,
                    )
                )

    def _undo_assign(self, effect):
        lead, memory = effect.firing_id.lead_id, effect.memory
        if memory.get("to", lead.user_id.id) != lead.user_id.id:
            return self.env._("the card has been given to somebody else since")
        team = self.env["crm.team"].browse(memory["team"] or ())
        user = self.env["res.users"].browse(memory["user"] or ())
        lead._crm_give(team, user)
        return ""

    # ------------------------------------------------------------------ segment
    def _run_segment(self, firings):
        members = self.env["crm.segment.member"].search(
            [
                ("segment_id", "=", self.segment_id.id),
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", firings.lead_id.ids),
                ("left_at", "=", False),
            ]
        )
        before = set(members.mapped("res_id"))
        self.segment_id._add_records(firings.lead_id)
        done = self.env._("Added to the segment %(name)s", name=self.segment_id.name)
        return [
            self._effect(
                firing, done, self.segment_id, held=firing.lead_id.id in before
            )
            for firing in firings
        ]

    def _undo_segment(self, effect):
        segment = effect._get_record()
        if segment and not effect.memory["held"]:
            segment._remove_records(effect.firing_id.lead_id)
        return ""

    # ------------------------------------------------------------------ stage
    def _run_move(self, firings):
        """Move the cards on; a chain of moves that comes back, or does not end, is
        stopped and says so."""
        target = self.next_stage_id
        path = self.env.context.get("crm_funnel_path") or (self.rule_id.stage_id.id,)
        if cause := why_stop(path, target.id):
            firings._stop(self._words_stopped(cause, target))
            return []
        if firings.lead_id.stage_id - self.rule_id.stage_id:
            raise UserError(self.env._("The card has left the stage since."))
        done = self.env._("Moved to %(stage)s", stage=target.name)
        effects = [
            self._effect(firing, done, stage=firing.lead_id.stage_id.id, to=target.id)
            for firing in firings
        ]
        leads = firings.lead_id.with_context(crm_funnel_path=path)
        leads.write({"stage_id": target.id})
        return effects

    def _words_stopped(self, cause, target):
        if cause == "loop":
            return self.env._(
                "Not moved to %(stage)s: the card has been there already in this chain "
                "of automatic moves.",
                stage=target.name,
            )
        return self.env._(
            "Not moved to %(stage)s: %(number)s automatic moves in a row are enough.",
            stage=target.name,
            number=MAX_MOVES,
        )

    def _undo_move(self, effect):
        lead, memory = effect.firing_id.lead_id, effect.memory
        if lead.stage_id.id != memory["to"]:
            return self.env._("the card has been moved since")
        lead.with_context(crm_funnel_off=True).write({"stage_id": memory["stage"]})
        return ""
