from odoo import api, fields, models
from odoo.tools import SQL

# room for the parts of a line's number: 31 bits of record, 6 of model, the rest of tag
MODEL_SHIFT, TAG_SHIFT = 31, 37


class CrmTagHolder(models.Model):
    """The records of all models that hold a tag, as far as the reader may read them.

    Not a table: a query made of the models' own searches, in the reader's rights.
    """

    _name = "crm.tag.holder"
    _description = "Record with a tag"
    _auto = False
    _order = "res_model, res_id desc"
    _rec_name = "tag_id"

    tag_id = fields.Many2one("crm.tag", readonly=True)
    res_model = fields.Selection(
        selection="_selection_res_model", string="Kind", readonly=True
    )
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    record_name = fields.Char(string="Name", compute="_compute_record")
    origin = fields.Char(string="Put on by", compute="_compute_record")

    @api.model
    def _selection_res_model(self):
        return [
            (name, self.env["ir.model"]._get(name).name or name)
            for name in self._get_taggable()
        ]

    @api.model
    def _get_taggable(self):
        """Names of the models that hold tags, in a stable order."""
        heirs = self.env.registry.descendants(["crm.tag.mixin"], "_inherit")
        return sorted(
            name
            for name in heirs
            if not self.env[name]._abstract and self.env[name]._auto
        )

    @property
    def _table_query(self):
        nothing = SQL(
            """SELECT NULL::bigint AS id, NULL::integer AS tag_id,
                      NULL::varchar AS res_model, NULL::integer AS res_id
                WHERE FALSE"""
        )
        parts = [
            self._model_query(rank, self.env[name])
            for rank, name in enumerate(self._get_taggable())
            if self.env[name].has_access("read")
        ]
        return SQL(" UNION ALL ").join([nothing, *parts])

    def _model_query(self, rank, model):
        field = model._fields[model._crm_tag_field]
        readable = model.with_context(active_test=False)._search([])
        return SQL(
            """SELECT (%(tag)s::bigint << %(tag_shift)s)
                      + (%(rank)s::bigint << %(model_shift)s) + %(record)s AS id,
                      %(tag)s AS tag_id, %(model)s AS res_model, %(record)s AS res_id
                 FROM %(table)s WHERE %(record)s IN %(readable)s""",
            tag=SQL.identifier(field.column2),
            record=SQL.identifier(field.column1),
            table=SQL.identifier(field.relation),
            rank=rank,
            model=model._name,
            tag_shift=TAG_SHIFT,
            model_shift=MODEL_SHIFT,
            readable=readable.subselect(),
        )

    def _compute_record(self):
        """The record's name, and who or which rule put the tag there."""
        origins = self._read_origins()
        for name, holders in self.grouped("res_model").items():
            records = self.env[name].browse(holders.mapped("res_id"))
            names = {record.id: record.display_name for record in records}
            for holder in holders:
                holder.record_name = names[holder.res_id]
                key = (holder.tag_id.id, name, holder.res_id)
                holder.origin = ", ".join(origins.get(key, ()))

    def _read_origins(self):
        """{(tag, model, record): names of who put it there}."""
        found = {}
        # sudo: who put a tag is told to whoever sees it on the record
        links = self.env["crm.tag.link"].sudo()
        for link in links.search(
            [
                ("tag_id", "in", self.tag_id.ids),
                ("res_id", "in", self.mapped("res_id")),
                ("removed_at", "=", False),
                ("removed_by_id", "=", False),
            ]
        ):
            key = (link.tag_id.id, link.res_model, link.res_id)
            name = link.rule_id.name or link.user_id.name or ""
            found.setdefault(key, []).append(name)
        return found

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
