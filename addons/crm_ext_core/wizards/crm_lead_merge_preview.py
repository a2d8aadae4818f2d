from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLeadMergePreview(models.TransientModel):
    """What a merge of leads would keep and move; the values are chosen here."""

    _name = "crm.lead.merge.preview"
    _description = "Preview of a merge of leads"

    lead_ids = fields.Many2many(
        "crm.lead", string="Leads", context={"active_test": False}
    )
    winner_id = fields.Many2one(
        "crm.lead",
        string="Lead that stays",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', lead_ids)]",
        context={"active_test": False},
    )
    choices = fields.Json(
        compute="_compute_choices", store=True, readonly=False, string="Values to keep"
    )
    table = fields.Json(compute="_compute_table")
    moves = fields.Json(compute="_compute_moves")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "crm.lead":
            leads = self.env["crm.lead"].browse(self.env.context.get("active_ids", ()))
            values |= self._prepare_values(leads)
        return values

    @api.model
    def _prepare_values(self, leads):
        if len(leads) < 2:
            raise UserError(self.env._("Tick two leads or more to merge them."))
        leads.check_access("write")
        best = leads._sort_by_confidence_level(reverse=True)
        return {"lead_ids": [fields.Command.set(best.ids)], "winner_id": best[0].id}

    @api.model
    def _open(self, leads):
        wizard = self.create(self._prepare_values(leads))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_leads(self):
        """The leads, the one that stays first, the others by trust."""
        leads, winner = self.lead_ids._origin, self.winner_id._origin
        others = (leads - winner)._sort_by_confidence_level(reverse=True)
        return winner | others

    @api.depends("lead_ids", "winner_id")
    def _compute_table(self):
        for wizard in self:
            wizard.table = wizard._get_leads()._crm_to_merge_table()

    @api.depends("lead_ids", "winner_id")
    def _compute_choices(self):
        for wizard in self:
            wizard.choices = wizard._get_leads()._crm_propose_choices()

    @api.depends("lead_ids", "winner_id")
    def _compute_moves(self):
        """[{label, count}] of what would go to the lead that stays."""
        references = self.env["crm.merge.references"]
        # sudo: how much there is, not what; all of it goes along
        mover = references.sudo()
        pointers = references._get_pointers("crm.lead")
        for wizard in self:
            counts = {}
            for pointer in pointers:
                for lead in wizard._get_leads()[1:]:
                    number = len(mover._read_keys(pointer, "crm.lead", lead.id))
                    if number:
                        label = references._label(pointer)
                        counts[label] = counts.get(label, 0) + number
            wizard.moves = [
                {"label": label, "count": count}
                for label, count in sorted(counts.items())
            ]

    def action_merge(self):
        """Merge as shown, and open the lead that stays."""
        self.ensure_one()
        winner = self.winner_id
        losers = self.lead_ids - winner
        self.env["crm.lead.merge"]._merge(winner, losers, self.choices or {})
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": winner.id,
            "view_mode": "form",
        }
