from markupsafe import Markup

from odoo import models
from odoo.tools import SQL, html2plaintext

from .crm_lead_merge_fields import JOINED

# what is derived anew, or says when and by whom a row was written
DERIVED = ("write_date", "write_uid", "crm_score", "crm_score_%")


class CrmLeadMerge(models.Model):
    """Which values stay in a merge, and what it changed of each lead's own row."""

    _inherit = "crm.lead.merge"

    def _read_rows(self, leads):
        """{lead id: its row} without what is derived."""
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id, (SELECT jsonb_object_agg(key, value)
                                      FROM jsonb_each(to_jsonb(lead))
                                     WHERE NOT key LIKE ANY(%s))
                     FROM crm_lead lead WHERE lead.id = ANY(%s)""",
                list(DERIVED),
                leads.ids,
            )
        )
        return dict(rows)

    def _note_values(self, before):
        """What the lead that stays was given besides, right after the merge, is undone
        with it: its values are compared anew with those of before.

        :param dict before: rows as read by _read_rows
        """
        self.env.flush_all()
        # sudo: the lines are the merge's own
        merge = self.sudo()
        merge.reference_ids.filtered(lambda row: row.kind == "value").unlink()
        after = self._read_rows(self.env["crm.lead"].browse(before))
        merge.reference_ids.create(merge._compare_rows(before, after))

    def _compare_rows(self, before, after):
        return [
            {
                "merge_id": self.id,
                "lead_id": id_,
                "kind": "value",
                "res_model": "crm.lead",
                "res_id": id_,
                "field_name": name,
                # a Json field takes no bare 0 or false
                "old_value": [before[id_][name]],
                "new_value": [value],
                "outcome": "moved",
            }
            for id_, row in after.items()
            for name, value in row.items()
            if before[id_][name] != value
        ]

    def _keep_values(self, winner, losers, choices, values):
        """Copy the chosen columns as they are; nothing else of the lead changes.

        Not a write: it would also change the contact, and set values by formula that
        the preview did not show. The given values are no lead's own: they are written.
        """
        offered = winner._crm_get_mergeable_fields()
        copied = {
            name: source
            for name, source in choices.items()
            if name in offered and source != winner.id and source in losers.ids
        }
        objecting = losers.filtered("crm_no_profiling")
        if objecting:
            # who objected to profiling in one lead objected as a person
            copied["crm_no_profiling"] = objecting[0].id
        for name, source in copied.items():
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    """UPDATE crm_lead lead SET %s = source.%s FROM crm_lead source
                        WHERE lead.id = %s AND source.id = %s""",
                    column,
                    column,
                    winner.id,
                    source,
                )
            )
        winner.invalidate_recordset()
        protected = [winner._fields[name] for name in {*offered, *copied}]
        with self.env.protecting(protected, winner):
            winner.modified(list(copied))
            self.env.flush_all()
        self._join_texts(winner, losers, choices)
        if values:
            winner.write(values)
        winner._crm_fit_stage()

    def _join_texts(self, winner, losers, choices):
        texts = {
            name: Markup("<br><br>").join(
                Markup(lead[name])
                for lead in winner | losers
                if html2plaintext(lead[name] or "").strip()
            )
            for name, source in choices.items()
            if source == JOINED and winner._fields[name].type == "html"
        }
        if texts:
            winner.with_context(tracking_disable=True).write(texts)
