import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_lead_merge import UNDO_HOURS


class CrmLeadMerge(models.Model):
    """A merge taken back: every reference and value as it was, unless changed since."""

    _inherit = "crm.lead.merge"

    def action_undo(self):
        """Put everything back; what was changed since keeps its newer value."""
        self.ensure_one()
        # sudo: the lines are the merge's own; the leads are checked as the user
        leads = self.winner_id | self.sudo().line_ids.lead_id.sudo(False)
        self._check_undo(leads)
        # sudo: as in _merge
        self.sudo()._do_undo(leads.sudo())
        self._tell_undone(leads)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _check_undo(self, leads):
        leads.check_access("write")
        if self.state == "undone":
            raise UserError(self.env._("This merge was undone already."))
        if not self.can_undo:
            raise UserError(
                self.env._(
                    "A merge can be undone for %(hours)s hours; this one is of "
                    "%(date)s. Make the lead anew if it is needed.",
                    hours=UNDO_HOURS,
                    date=fields.Datetime.to_string(self.date),
                )
            )
        later = self.winner_id.crm_merged_into_id
        if later:
            raise UserError(
                self.env._(
                    "%(lead)s was merged into %(winner)s since: undo that merge first.",
                    lead=self.winner_id.name,
                    # sudo: a name, to tell where to look
                    winner=later.sudo().name,
                )
            )
        try:
            leads.lock_for_update()
        except UserError as error:
            raise UserError(
                self.env._(
                    "Somebody is changing one of these leads right now: try again in "
                    "a moment."
                )
            ) from error

    def _do_undo(self, leads):
        self.env.flush_all()
        self._put_back_references()
        self.env.invalidate_all()
        self.env.flush_all()
        place = self.winner_id._crm_get_places()
        self._put_back_values()
        self._touch(leads)
        self.env.invalidate_all()
        if self.winner_id._crm_get_places() != place:
            # sudo: as when they were moved
            stays = self.env["crm.stage.passage"].sudo()
            stays._move_back(self.winner_id, self.date)
        self.line_ids.is_live = False
        self.write(
            {
                "state": "undone",
                "undone_at": fields.Datetime.now(),
                "undone_by_id": self.env.uid,
            }
        )

    def _put_back_references(self):
        """Each group of moved rows that still point to the lead that stayed."""
        mover = self.env["crm.merge.references"]
        moved = self.reference_ids.filtered(
            lambda row: row.outcome == "moved" and row.kind != "value"
        )
        pointers = {
            (pointer.table, pointer.column): pointer
            for pointer in mover._get_pointers("crm.lead")
        }
        groups = moved.grouped(
            lambda row: (row.table_name, row.field_name, row.lead_id)
        )
        for (table, column, lead), rows in groups.items():
            pointer = pointers.get((table, column))
            back = set()
            if pointer:
                back = set(
                    mover._move(
                        pointer,
                        "crm.lead",
                        rows.mapped("res_id"),
                        self.winner_id.id,
                        lead.id,
                    )
                )
                mover._tell_moved(pointer, sorted(back))
            restored = rows.filtered(lambda row, back=back: row.res_id in back)
            restored.outcome = "restored"
            (rows - restored).outcome = "newer"

    def _put_back_values(self):
        """Each column that still holds what the merge put there."""
        rows = self.reference_ids.filtered(lambda row: row.kind == "value")
        for row in rows:
            column = SQL.identifier(row.field_name)
            done = self.env.execute_query(
                SQL(
                    """UPDATE crm_lead lead
                          SET %(column)s = (jsonb_populate_record(NULL::crm_lead,
                                            jsonb_build_object(%(name)s, %(old)s::jsonb)
                                           )).%(column)s
                        WHERE id = %(lead)s
                          AND COALESCE(to_jsonb(lead.%(column)s), 'null')
                              = %(new)s::jsonb
                    RETURNING id""",
                    column=column,
                    name=row.field_name,
                    old=json.dumps(row.old_value[0]),
                    new=json.dumps(row.new_value[0]),
                    lead=row.res_id,
                )
            )
            row.outcome = "restored" if done else "newer"

    def _tell_undone(self, leads):
        newer = self.newer_count
        body = self.env._("The merge was undone.")
        if newer:
            body += " " + self.env._(
                "%(count)s things were changed since and keep their newer value.",
                count=newer,
            )
        leads._message_log_batch(bodies=dict.fromkeys(leads.ids, body))
        self._refresh_derived(leads)
