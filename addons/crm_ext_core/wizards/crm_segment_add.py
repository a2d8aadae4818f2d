from odoo import api, fields, models


class CrmSegmentAdd(models.TransientModel):
    """Put chosen contacts or leads into a static segment, or take them out."""

    _name = "crm.segment.add"
    _description = "Add to a segment"

    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)
    number = fields.Integer(string="Records chosen", readonly=True)
    segment_id = fields.Many2one(
        "crm.segment",
        required=True,
        ondelete="cascade",
        domain="[('kind', '=', 'static'), ('res_model', 'in', [res_model, 'all'])]",
    )

    @api.model
    def default_get(self, fields):
        context = self.env.context
        chosen = context.get("active_ids") or []
        return super().default_get(fields) | {
            "res_model": context.get("active_model"),
            "res_ids": chosen,
            "number": len(chosen),
        }

    def action_add(self):
        self.segment_id._add_records(self._get_chosen())
        return self.segment_id._open_records(self.res_model)

    def action_remove(self):
        self.segment_id._remove_records(self._get_chosen())
        return self.segment_id._open_records(self.res_model)

    def _get_chosen(self):
        """What was ticked, as far as the user may read it."""
        return self.env[self.res_model].search([("id", "in", self.res_ids)])
