from odoo import fields, models


class CrmFunnelEffect(models.Model):
    """One thing that a rule did to a card: in words, with the record it made."""

    _name = "crm.funnel.effect"
    _description = "Effect of a funnel rule"
    _order = "id"
    _log_access = False
    _rec_name = "done"

    firing_id = fields.Many2one(
        "crm.funnel.firing",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    action_id = fields.Many2one("crm.funnel.action", ondelete="set null", readonly=True)
    kind = fields.Char(required=True, readonly=True)
    done = fields.Char(string="What was done", required=True, readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    memory = fields.Json(string="For an undo", readonly=True)
    undone = fields.Boolean(readonly=True)
    lasting = fields.Char(string="Why it stays", readonly=True)

    def _get_record(self):
        """The record made, if it is still there."""
        if self.res_model not in self.env or not self.res_id:
            return None
        records = self.env[self.res_model].with_context(active_test=False)
        return records.browse(self.res_id).exists()

    def action_open_record(self):
        self.ensure_one()
        if not self._get_record():
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def _undo(self):
        """Take it back, or keep why that cannot be."""
        undo = getattr(self.env["crm.funnel.action"], f"_undo_{self.kind}", None)
        known = self.env["crm.hooks"]._funnel_actions().get(self.kind)
        if undo:
            self.lasting = undo(self)
        else:
            self.lasting = known and known.lasting
        self.undone = not self.lasting
