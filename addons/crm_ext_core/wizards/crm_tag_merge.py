from odoo import api, fields, models


class CrmTagMerge(models.TransientModel):
    """Merge the tags ticked into one of them."""

    _name = "crm.tag.merge"
    _description = "Merge tags"

    tag_ids = fields.Many2many("crm.tag", string="Tags")
    kept_id = fields.Many2one(
        "crm.tag",
        string="Keep",
        required=True,
        domain="[('id', 'in', tag_ids)]",
        ondelete="cascade",
    )
    record_count = fields.Integer(
        string="Records that change", compute="_compute_record_count"
    )

    @api.model
    def default_get(self, fields):
        tags = self.env["crm.tag"].browse(self.env.context.get("active_ids") or [])
        most = tags.sorted("crm_use_count", reverse=True)[:1]
        return super().default_get(fields) | {"tag_ids": tags.ids, "kept_id": most.id}

    @api.depends("tag_ids", "kept_id")
    def _compute_record_count(self):
        for wizard in self:
            others = wizard.tag_ids._origin - wizard.kept_id
            wizard.record_count = sum(others.mapped("crm_use_count"))

    def action_merge(self):
        self.tag_ids._crm_merge(self.kept_id)
        return self.kept_id.action_crm_open_holders()
