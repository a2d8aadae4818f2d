from odoo import api, fields, models


class CrmLead(models.Model):
    """A card that moves keeps to the rules of its funnel, and sets them off.

    `crm_funnel_path` in the context is the chain of automatic moves so far;
    `crm_funnel_off` moves a card without any rule (an undo, a dry run).
    """

    _inherit = "crm.lead"

    crm_funnel_firing_ids = fields.One2many(
        "crm.funnel.firing", "lead_id", string="Funnel firings", readonly=True
    )
    crm_funnel_firing_count = fields.Integer(
        string="Funnel", compute="_compute_crm_funnel_firing_count"
    )

    def _compute_crm_funnel_firing_count(self):
        counts = dict(
            self.env["crm.funnel.firing"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.crm_funnel_firing_count = counts.get(lead, 0)

    def _crm_moved(self, before, after):
        moved = super()._crm_moved(before, after)
        context = self.env.context
        # rows of a file are not greeted one by one; who imports decides what follows
        if moved and not (context.get("crm_funnel_off") or context.get("import_file")):
            moved._crm_fire_moves(before, after)
        return moved

    def _crm_fire_moves(self, before, after):
        rules, stages = self.env["crm.funnel.rule"], self.env["crm.stage"]
        ways = self.grouped(lambda lead: (before.get(lead.id, 0), after[lead.id]))
        for (left, entered), cards in ways.items():
            if left and entered:
                # sudo: the stage and the card as they are, whoever moves it
                old, new = stages.sudo().browse((left, entered))
                rules._check_may_leave(cards.sudo(), old, new)
        for (left, entered), cards in ways.items():
            path = (*self.env.context.get("crm_funnel_path", ()), entered)
            on_way = rules.with_context(crm_funnel_path=path)
            if left:
                on_way._fire_moment("leave", cards, stages.browse(left))
            if entered:
                on_way._fire_moment("enter", cards, stages.browse(entered))

    def _crm_in_stage_since(self, when):
        """Those of these cards that were in their stage at that moment.

        :param dict when: {lead id: datetime}
        """
        # a date of the database counts in seconds
        since = dict(
            self.env["crm.stage.passage"]._read_group(
                [("lead_id", "in", self.ids), ("left_at", "=", False)],
                ["lead_id"],
                ["entered_at:min"],
            )
        )
        return self.filtered(
            lambda lead: (
                lead in since
                and since[lead].replace(microsecond=0)
                <= fields.Datetime.to_datetime(when[lead.id])
            )
        )

    # ------------------------------------------------------------------ actions
    def action_crm_funnel_firings(self):
        """What the rules of the funnel did to this card."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_funnel_firing_action"
        )
        return action | {
            "name": self.env._("Funnel: %(card)s", card=self.name),
            "domain": [("lead_id", "=", self.id)],
            "context": {},
        }

    def action_crm_funnel_try(self):
        """Open the dry run on this card."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What would happen?"),
            "res_model": "crm.funnel.trial",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_id": self.id},
        }

    @api.model
    def _crm_rehearsing(self):
        """Whether all this is only a dry run: nothing may leave the house."""
        return bool(self.env.context.get("crm_funnel_rehearsal"))
