from odoo import api, fields, models
from odoo.tools import SQL


class CrmTagLink(models.Model):
    """Who put a tag on a record, when and why, and when it was taken off.

    Several reasons may hold at once (two rules, a rule and a person): each has its row,
    and a rule takes the tag off when the last one ends.
    """

    _name = "crm.tag.link"
    _description = "Tag put on a record"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "tag_id"

    tag_id = fields.Many2one(
        "crm.tag", required=True, index=True, ondelete="cascade", readonly=True
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    rule_id = fields.Many2one(
        "crm.tag.rule", index="btree_not_null", ondelete="set null", readonly=True
    )
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    date = fields.Datetime(string="Put on", required=True, readonly=True)
    removed_at = fields.Datetime(string="Taken off", readonly=True)
    removed_by_id = fields.Many2one("res.users", string="Taken off by", readonly=True)
    held_before = fields.Boolean(
        readonly=True, help="The record held the tag already: the rule leaves it."
    )
    record_name = fields.Char(string="Name", compute="_compute_record_name")

    _open_once = models.UniqueIndex(
        "(tag_id, res_model, res_id, COALESCE(rule_id, 0)) WHERE removed_at IS NULL",
        "This tag is on the record already.",
    )
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for link in self:
            record = self.env[link.res_model].browse(link.res_id).exists()
            readable = record and record.has_access("read")
            link.record_name = record.display_name if readable else "—"

    @api.model
    def _note(self, records, before):
        """Note the tags put and taken by hand. What a rule put and a person took off
        stays noted as the rule's, so that it does not come back while the reason lasts.

        :param before: {record id: ids of its tags before the change}
        """
        put, taken = [], []
        for record in records:
            old = set(before.get(record.id, ()))
            new = set(record[records._crm_tag_field].ids)
            put += [(tag, records._name, record.id) for tag in new - old]
            taken += [(tag, records._name, record.id) for tag in old - new]
        now = fields.Datetime.now()
        if put:
            self.env.cr.execute_values(
                """INSERT INTO crm_tag_link (tag_id, res_model, res_id, user_id, date)
                        VALUES %s ON CONFLICT DO NOTHING""",
                [(*row, self.env.uid, now) for row in sorted(put)],
            )
        if taken:
            self.env.cr.execute(
                SQL(
                    """UPDATE crm_tag_link
                          SET removed_at = CASE WHEN rule_id IS NULL THEN %s END,
                              removed_by_id = %s
                        WHERE (tag_id, res_model, res_id) IN %s
                          AND removed_at IS NULL""",
                    now,
                    self.env.uid,
                    tuple(sorted(taken)),
                )
            )
        if put or taken:
            self.invalidate_model()

    @api.model
    def _move(self, merged, kept):
        """Hand the rows of merged tags over; a reason known twice is known once."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_tag_link link
                    WHERE tag_id IN %(merged)s AND removed_at IS NULL
                      AND EXISTS (SELECT 1 FROM crm_tag_link other
                                   WHERE other.removed_at IS NULL
                                     AND (other.tag_id = %(kept)s
                                          OR other.tag_id IN %(merged)s
                                             AND other.id < link.id)
                                     AND (other.res_model, other.res_id)
                                         = (link.res_model, link.res_id)
                                     AND other.rule_id
                                         IS NOT DISTINCT FROM link.rule_id)""",
                merged=tuple(merged.ids),
                kept=kept.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_tag_link SET tag_id = %s WHERE tag_id IN %s",
                kept.id,
                tuple(merged.ids),
            )
        )
        self.invalidate_model()

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
