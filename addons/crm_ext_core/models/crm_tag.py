from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.near import near_pairs


class CrmTag(models.Model):
    """The one tag of the product: where it is used, by whom, merged and retired."""

    _inherit = "crm.tag"

    crm_retired = fields.Boolean(
        string="Retired", help="Kept on its records, no longer offered."
    )
    crm_rule_ids = fields.One2many("crm.tag.rule", "tag_id", string="Tag rules")
    crm_link_ids = fields.One2many("crm.tag.link", "tag_id", readonly=True)
    crm_use_count = fields.Integer(
        string="Records",
        compute="_compute_crm_use_count",
        search="_search_crm_use_count",
    )
    crm_weight = fields.Integer(compute="_compute_crm_use_count")
    crm_last_used = fields.Datetime(
        string="Last put on", compute="_compute_crm_last_used"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_use_count(self):
        """Records of all models that the reader may read; 1 to 5 for the cloud."""
        counts = self._count_uses()
        most = max(counts.values(), default=1)
        for tag in self:
            tag.crm_use_count = counts.get(tag.id, 0)
            tag.crm_weight = 1 + round(4 * tag.crm_use_count / (most or 1))

    def _count_uses(self):
        """{tag id: number of records}."""
        found = self.env["crm.tag.holder"]._read_group(
            [("tag_id", "in", self.ids)] if self else [], ["tag_id"], ["__count"]
        )
        return {tag.id: number for tag, number in found}

    @api.model
    def _search_crm_use_count(self, operator, value):
        if operator not in ("in", ">", ">=", "<", "<="):
            return NotImplemented
        counts = dict.fromkeys(
            self.with_context(active_test=False)._search([]).get_result_ids(), 0
        )
        counts |= self.browse()._count_uses()
        compare = {
            "in": lambda number: number in value,
            ">": lambda number: number > value,
            ">=": lambda number: number >= value,
            "<": lambda number: number < value,
            "<=": lambda number: number <= value,
        }[operator]
        found = [id_ for id_, number in counts.items() if compare(number)]
        return Domain("id", "in", found)

    def _compute_crm_last_used(self):
        dates = dict(
            self.env["crm.tag.link"]._read_group(
                [("tag_id", "in", self.ids)], ["tag_id"], ["date:max"]
            )
        )
        for tag in self:
            tag.crm_last_used = dates.get(tag)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """A retired tag is no longer offered, on any screen."""
        offered = Domain("crm_retired", "=", False) & Domain(domain or Domain.TRUE)
        return super().name_search(name, offered, operator, limit)

    # ------------------------------------------------------------------ actions
    def action_crm_open_holders(self):
        """All records of all models that hold the tag."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_tag_holder_action"
        )
        action["domain"] = [("tag_id", "in", self.ids)]
        return action

    def action_crm_retire(self):
        self.write({"crm_retired": True})

    def action_crm_restore(self):
        self.write({"crm_retired": False})

    # ------------------------------------------------------------------ merge
    @api.model
    def _crm_fields(self):
        """(model, many2many field) of every model that holds tags, ours or not."""
        return [
            (model, field)
            for name in sorted(self.env.registry)
            for model in [self.env[name]]
            if not model._abstract and model._auto and not model._transient
            for field in model._fields.values()
            if field.type == "many2many" and field.store
            if field.comodel_name == self._name and field.relation
        ]

    def _crm_merge(self, kept):
        """Give the records of these tags the tag kept, in one statement a model, and
        delete them."""
        merged = self - kept
        merged.check_access("unlink")
        kept.check_access("write")
        if not merged:
            raise UserError(self.env._("Choose at least one other tag to merge."))
        self.env.flush_all()
        gained = []
        for model, field in self._crm_fields():
            merged._crm_touch_holders(model, field)
            rows = self.env.execute_query(
                SQL(
                    """INSERT INTO %(table)s (%(record)s, %(tag)s)
                       SELECT DISTINCT %(record)s, %(kept)s FROM %(table)s
                        WHERE %(tag)s IN %(merged)s
                       ON CONFLICT DO NOTHING RETURNING %(record)s""",
                    table=SQL.identifier(field.relation),
                    record=SQL.identifier(field.column1),
                    tag=SQL.identifier(field.column2),
                    kept=kept.id,
                    merged=tuple(merged.ids),
                )
            )
            gained.append((model.browse(row[0] for row in rows), field.name))
        self.env.invalidate_all()
        # sudo: links and rules follow the tag, whoever wrote them
        self.env["crm.tag.link"].sudo()._move(merged, kept)
        merged.sudo().crm_rule_ids.tag_id = kept
        self._crm_move_criteria(merged, kept)
        merged.unlink()
        for records, name in gained:
            self.env["crm.score.model"]._rescore_written(records, {name})

    def _crm_touch_holders(self, model, field):
        """Date the records that hold these tags: segments look at what was written."""
        if model._log_access:
            self.env.cr.execute(
                SQL(
                    """UPDATE %(holders)s SET write_date = %(now)s, write_uid = %(uid)s
                        WHERE id IN (SELECT %(record)s FROM %(table)s
                                      WHERE %(tag)s IN %(merged)s)""",
                    holders=SQL.identifier(model._table),
                    table=SQL.identifier(field.relation),
                    record=SQL.identifier(field.column1),
                    tag=SQL.identifier(field.column2),
                    merged=tuple(self.ids),
                    now=self.env.cr.now(),
                    uid=self.env.uid,
                )
            )

    def _crm_move_criteria(self, merged, kept):
        """Segments and tag rules that name a merged tag name the one kept."""
        for model in ("crm.segment.criterion", "crm.tag.rule"):
            # sudo: as in _crm_merge
            lines = self.env[model].sudo().with_context(active_test=False)
            for line in lines.search([("code", "=", "tag")]):
                ids = (line.value or {}).get("ids") or []
                if set(ids) & set(merged.ids):
                    others = [id_ for id_ in ids if id_ not in merged.ids + kept.ids]
                    line.value = line.value | {"ids": [kept.id, *others]}

    @api.model
    def _crm_near_pairs(self):
        """Tags that look alike, closest first."""
        tags = self.search_fetch([("crm_retired", "=", False)], ["name"])
        return near_pairs({tag.id: tag.name for tag in tags})
