from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmSegment(models.Model):
    """Segments kept as they were at a date, or chosen by hand."""

    _inherit = "crm.segment"

    # ------------------------------------------------------------------ actions
    def action_freeze(self):
        """Keep today's records as members, whatever becomes of the criteria."""
        self.check_access("write")
        self._freeze()

    def action_freeze_as_of(self):
        """Ask for the day."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Freeze as of a date"),
            "res_model": "crm.segment.freeze",
            "view_mode": "form",
            "target": "new",
            "context": {"default_segment_id": self.id},
        }

    def action_make_static(self):
        """Go on by hand from whom the criteria find now; without any, from nobody."""
        self.check_access("write")
        chosen = self.filtered(
            lambda segment: (
                segment.criterion_ids
                or segment.step_ids
                or not segment._read_free_domain().is_true()
            )
        )
        chosen._freeze()
        self.write({"kind": "static", "frozen_at": False})

    def action_unfreeze(self):
        self.check_access("write")
        self.write({"kind": "dynamic", "frozen_at": False})
        self._refresh_members()

    # ------------------------------------------------------------------ freeze
    def _freeze(self):
        """Write whom the writer sees in the segment now, and keep it so."""
        now = fields.Datetime.now()
        self._check_not_frozen()
        self.env.flush_all()
        for segment in self:
            for model in segment._get_models():
                wanted = self.env[model]._search(segment._get_domain(model)).select()
                segment._write_difference(model, wanted, now)
        self._set_frozen(now)

    def _freeze_as_of(self, instant):
        """Keep who was a member at a past instant."""
        self.ensure_one()
        self._check_not_frozen()
        first = self.first_refreshed_at
        if not first or instant < first:
            raise UserError(
                self.env._(
                    "Segment %(name)s: choose a date after its first refresh "
                    "(%(first)s); what it held before is not known.",
                    name=self.name,
                    first=first or "-",
                )
            )
        self.env.flush_all()
        for model in self._get_models():
            wanted = self._as_of_query(model, instant)
            self._write_difference(model, wanted, fields.Datetime.now())
        self._set_frozen(instant)

    def _as_of_query(self, model, instant):
        return SQL(
            """SELECT DISTINCT res_id FROM crm_segment_member
                WHERE segment_id = %s AND res_model = %s AND added_at <= %s
                  AND (left_at IS NULL OR left_at > %s)""",
            self.id,
            model,
            instant,
            instant,
        )

    def _check_not_frozen(self):
        for segment in self:
            if segment.kind == "frozen":
                raise UserError(
                    self.env._("Segment %(name)s is frozen already.", name=segment.name)
                )

    def _set_frozen(self, instant):
        self.env["crm.segment.member"].invalidate_model()
        self.invalidate_recordset(["member_ids"])
        self.write({"kind": "frozen", "frozen_at": instant})

    # ------------------------------------------------------------------ by hand
    def _add_records(self, records):
        """Make records members of static segments.

        :return: the number added
        """
        return self._write_by_hand(
            records,
            """INSERT INTO crm_segment_member (segment_id, res_model, res_id, added_at)
                    SELECT %(segment)s, %(model)s, id, %(now)s
                      FROM unnest(%(ids)s) AS id
               ON CONFLICT DO NOTHING""",
        )

    def _remove_records(self, records):
        """Take records out of static segments.

        :return: the number taken out
        """
        return self._write_by_hand(
            records,
            """UPDATE crm_segment_member SET left_at = %(now)s
                WHERE segment_id = %(segment)s AND res_model = %(model)s
                  AND res_id = ANY(%(ids)s) AND left_at IS NULL""",
        )

    def _write_by_hand(self, records, statement):
        self.check_access("write")
        number = 0
        for segment in self:
            if segment.kind != "static" or records._name not in segment._get_models():
                raise UserError(
                    self.env._(
                        "Segment %(name)s does not take these records by hand: choose "
                        "a static segment made of their kind.",
                        name=segment.name,
                    )
                )
            self.env.cr.execute(
                SQL(
                    statement,
                    segment=segment.id,
                    model=records._name,
                    now=fields.Datetime.now(),
                    ids=records.ids,
                )
            )
            number += self.env.cr.rowcount
        self.env["crm.segment.member"].invalidate_model()
        self.invalidate_recordset(["record_count"])
        return number
