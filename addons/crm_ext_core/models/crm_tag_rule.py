from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmTagRule(models.Model):
    """Puts a tag on the records for which a reason holds, takes it off when it ends.

    The reason is being in a segment, a date of the record, or a criterion such as a
    newsletter read (crm.hooks). Applied by set-based difference in a batch run.
    """

    _name = "crm.tag.rule"
    _description = "Tag rule"
    _inherit = ["crm.criterion.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index="btree_not_null"
    )
    tag_id = fields.Many2one("crm.tag", required=True, index=True, ondelete="restrict")
    reason = fields.Selection(
        [
            ("segment", "Being in a segment"),
            ("date", "A date"),
            ("criterion", "An event or another criterion"),
        ],
        default="segment",
        required=True,
    )
    segment_id = fields.Many2one(
        "crm.segment", index="btree_not_null", ondelete="restrict"
    )
    model_name = fields.Selection(selection="_selection_model_name", string="Records")
    date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Date",
        ondelete="cascade",
        domain="[('model', '=', model_name), ('ttype', 'in', ('date', 'datetime')),"
        " ('store', '=', True)]",
    )
    days_from = fields.Integer(
        string="From (days)", help="Days from today; below zero: in the past."
    )
    days_to = fields.Integer(string="To (days)", default=30)
    link_ids = fields.One2many("crm.tag.link", "rule_id", readonly=True)
    tagged_count = fields.Integer(string="Tagged now", compute="_compute_tagged_count")
    applied_at = fields.Datetime(string="Last applied", readonly=True, copy=False)

    @api.model
    def _selection_model_name(self):
        return self.env["crm.tag.holder"]._selection_res_model()

    def _compute_tagged_count(self):
        counts = dict(
            self.env["crm.tag.link"]._read_group(
                [
                    ("rule_id", "in", self.ids),
                    ("removed_at", "=", False),
                    ("removed_by_id", "=", False),
                ],
                ["rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.tagged_count = counts.get(rule, 0)

    @api.constrains("reason", "segment_id", "date_field_id", "code", "model_name")
    def _check_reason(self):
        needed = {
            "segment": ("segment_id",),
            "date": ("model_name", "date_field_id"),
            "criterion": ("code",),
        }
        for rule in self:
            for name in needed[rule.reason]:
                if not rule[name]:
                    label = self._fields[name]._description_string(self.env)
                    raise ValidationError(
                        self.env._(
                            "Tag rule %(rule)s: fill %(field)s.",
                            rule=rule.name,
                            field=label,
                        )
                    )

    def write(self, vals):
        """A rule switched off or given another tag lets go of what it tagged."""
        if vals.get("active") is False or "tag_id" in vals:
            self._let_go()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_lets_go(self):
        self._let_go()

    # ------------------------------------------------------------------ actions
    def action_apply(self):
        """Apply these rules in the background and show the run."""
        self.check_access("write")
        run = self._enqueue_apply()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.batch.run",
            "res_id": run.id,
            "view_mode": "form",
        }

    def action_open_links(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_tag_link_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        return action

    # ------------------------------------------------------------------ reason
    def _get_reasons(self):
        """{model name: domain of its records for which the reason holds}."""
        if self.reason == "segment":
            segment = self.segment_id
            return {
                name: segment._get_domain(name)
                if segment.kind == "dynamic"
                else segment._get_members_domain(name)
                for name in segment._get_models()
            }
        if self.reason == "date":
            field = self.date_field_id.name
            start, end = (_relative(days) for days in (self.days_from, self.days_to))
            return {
                self.model_name: Domain(field, ">=", start) & Domain(field, "<=", end)
            }
        return {name: self._get_domain(name) for name in self._get_criterion().models}

    def _get_company_domain(self, model):
        if not self.company_id or "company_id" not in model._fields:
            return Domain.TRUE
        return Domain("company_id", "in", [self.company_id.id, False])

    # ------------------------------------------------------------------ long work
    @api.model
    def _cron_apply(self):
        rules = self.search([("active", "=", True)])
        if rules:
            rules._enqueue_apply()

    def _enqueue_apply(self):
        return self.env["crm.batch.run"]._enqueue(
            "tag_rule",
            [{"res_id": rule.id} for rule in self],
            name=self.env._("Tag rules"),
        )

    @api.model
    def _batch_process(self, run, units):
        self.browse([unit.res_id for unit in units]).exists()._apply()

    @api.model
    def _batch_unit_label(self, unit):
        return self.browse(unit.res_id).display_name

    def _apply(self):
        """Put and take the tag by difference with the rule's open links."""
        self.env.flush_all()
        now = fields.Datetime.now()
        moved = {}
        # sudo: whom a rule tags does not depend on who applies it
        for rule in self.sudo().filtered("active"):
            reasons = rule._get_reasons()
            for name in self.env["crm.tag.holder"]._get_taggable():
                model = self.env[name].sudo()  # as above
                domain = reasons.get(name, Domain.FALSE)
                domain &= rule._get_company_domain(model)
                wanted = model._search(domain).select()
                moved.setdefault(name, set()).update(
                    rule._write_difference(model, wanted, now)
                )
            rule.applied_at = now
        self._tell_tagged(moved)

    def _let_go(self):
        """Take the tag off every record that only these rules tagged."""
        self.env.flush_all()
        nobody = SQL("SELECT NULL::integer AS id WHERE FALSE")
        now = fields.Datetime.now()
        moved = {}
        # sudo: as in _apply
        for rule in self.sudo():
            for name in self.env["crm.tag.holder"]._get_taggable():
                moved.setdefault(name, set()).update(
                    rule._write_difference(self.env[name], nobody, now)
                )
        self._tell_tagged(moved)

    def _tell_tagged(self, moved):
        """Score the leads whose points depend on the tags put or taken.

        :param dict moved: {model name: ids of its records}
        """
        self.env.invalidate_all()
        for name, ids in moved.items():
            records = self.env[name].browse(sorted(ids))
            self.env["crm.score.model"]._rescore_written(
                records, {records._crm_tag_field}
            )

    def _write_difference(self, model, wanted, now):
        """Open the links that are new, close those that ended, and move the tags.

        :return: ids of the records that gained or lost the tag
        """
        field = model._fields[model._crm_tag_field]
        parts = {
            "wanted": wanted,
            "rule": self.id,
            "tag": self.tag_id.id,
            "model": model._name,
            "now": now,
            "table": SQL.identifier(model._table),
            "relation": SQL.identifier(field.relation),
            "record_id": SQL.identifier(field.column1),
            "tag_id": SQL.identifier(field.column2),
        }
        return [
            row[0]
            for statement in (_JOIN, _LEAVE)
            for row in self.env.execute_query(SQL(statement, **parts))
        ]


_JOIN = """
    WITH wanted (id) AS MATERIALIZED (%(wanted)s),
         new AS (
             INSERT INTO crm_tag_link
                         (tag_id, res_model, res_id, rule_id, date, held_before)
                  SELECT %(tag)s, %(model)s, wanted.id, %(rule)s, %(now)s,
                         EXISTS (SELECT 1 FROM %(relation)s held
                                  WHERE held.%(record_id)s = wanted.id
                                    AND held.%(tag_id)s = %(tag)s)
                         AND NOT EXISTS (SELECT 1 FROM crm_tag_link other
                                          WHERE other.tag_id = %(tag)s
                                            AND other.res_model = %(model)s
                                            AND other.res_id = wanted.id
                                            AND other.removed_at IS NULL)
                    FROM wanted
              ON CONFLICT DO NOTHING
               RETURNING res_id),
         put AS (
             INSERT INTO %(relation)s (%(record_id)s, %(tag_id)s)
                  SELECT res_id, %(tag)s FROM new
             ON CONFLICT DO NOTHING
               RETURNING %(record_id)s AS id)
    UPDATE %(table)s record SET write_date = %(now)s FROM put WHERE record.id = put.id
 RETURNING record.id
"""
_LEAVE = """
    WITH wanted (id) AS MATERIALIZED (%(wanted)s),
         gone AS (
             UPDATE crm_tag_link link SET removed_at = %(now)s
              WHERE link.rule_id = %(rule)s AND link.res_model = %(model)s
                AND link.removed_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM wanted WHERE wanted.id = link.res_id)
          RETURNING id, res_id, held_before),
         taken AS (
             DELETE FROM %(relation)s held USING gone
              WHERE held.%(record_id)s = gone.res_id AND held.%(tag_id)s = %(tag)s
                AND NOT gone.held_before
                AND NOT EXISTS (SELECT 1 FROM crm_tag_link other
                                 WHERE other.tag_id = %(tag)s
                                   AND other.res_model = %(model)s
                                   AND other.res_id = gone.res_id
                                   AND other.id <> gone.id
                                   AND other.removed_at IS NULL)
          RETURNING held.%(record_id)s AS id)
    UPDATE %(table)s record SET write_date = %(now)s FROM taken
     WHERE record.id = taken.id
 RETURNING record.id
"""


def _relative(days):
    return f"today {days:+d}d"
