from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.misc import formatLang


class CrmLeadMergeReference(models.Model):
    """One thing that a merge moved or changed, with what it was before."""

    _name = "crm.lead.merge.reference"
    _description = "Reference moved by a merge"
    _order = "res_model, id"
    _crm_stays_on_merge = True  # tells what happened

    merge_id = fields.Many2one(
        "crm.lead.merge", required=True, readonly=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Lead it was of",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [
            ("value", "Value of the lead"),
            ("many2one", "Link"),
            ("generic", "Attached record"),
            ("reference", "Reference"),
            ("many2many", "Label or list"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    table_name = fields.Char(readonly=True)
    field_name = fields.Char(string="Field", required=True, readonly=True)
    res_id = fields.Integer(string="Record", required=True, readonly=True)
    old_value = fields.Json(readonly=True)
    new_value = fields.Json(readonly=True)
    outcome = fields.Selection(
        [
            ("moved", "Moved"),
            ("stays", "Stays: the lead kept has its like"),
            ("restored", "Put back"),
            ("newer", "Changed since: newer kept"),
        ],
        required=True,
        readonly=True,
    )
    label = fields.Char(string="What", compute="_compute_label")
    change = fields.Char(string="Before and after", compute="_compute_label")

    @api.depends("res_model", "field_name", "old_value", "new_value")
    @api.depends_context("lang")
    def _compute_label(self):
        for reference in self:
            reference.label = reference._get_label()
            reference.change = False
            if reference.kind == "value":
                old, new = reference.old_value, reference.new_value
                reference.change = " → ".join(
                    reference._to_text(value[0]) for value in (old, new)
                )

    def _get_label(self):
        model = self.env.get(self.res_model)
        if model is None:
            return self.res_model
        if self.kind == "value":
            field = model._fields.get(self.field_name)
            return field._description_string(self.env) if field else self.field_name
        if self.kind == "many2many":
            for field in model._fields.values():
                if field.type == "many2many" and field.relation == self.table_name:
                    return field._description_string(self.env)
        return self.env["ir.model"]._get(self.res_model).name

    def _to_text(self, value):
        """A stored value as somebody reads it."""
        field = self.env[self.res_model]._fields.get(self.field_name)
        if value in (None, False, ""):
            return "–"
        if field and field.type == "many2one":
            # sudo: who may read the lead reads the names of what it points to
            return self.env[field.comodel_name].sudo().browse(value).display_name
        if field and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if value is True:
            return self.env._("Yes")
        if isinstance(value, float):
            return formatLang(self.env, value)
        if field and field.type == "html":
            value = html2plaintext(value)
        return str(value)[:80]
