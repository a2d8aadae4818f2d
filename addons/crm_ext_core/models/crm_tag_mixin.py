from odoo import api, fields, models


class CrmTagMixin(models.AbstractModel):
    """A record that holds tags (crm.tag), put by hand or by a rule.

    The heirs of this model are the product's taggable models. One that has the host's
    tags already names their field in `_crm_tag_field` and relates `crm_tag_ids` to it.
    """

    _name = "crm.tag.mixin"
    _description = "Record with tags"

    _crm_tag_field = "crm_tag_ids"

    crm_tag_ids = fields.Many2many(
        "crm.tag", string="Tags", domain=[("crm_retired", "=", False)]
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if any(self._crm_tag_field in vals for vals in vals_list):
            self.env["crm.tag.link"]._note(records, {})
        return records

    def write(self, vals):
        if self._crm_tag_field not in vals:
            return super().write(vals)
        before = {record.id: record[self._crm_tag_field].ids for record in self}
        result = super().write(vals)
        self.env["crm.tag.link"]._note(self, before)
        return result
