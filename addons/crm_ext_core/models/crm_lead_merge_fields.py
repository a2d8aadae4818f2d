from odoo import models
from odoo.tools import format_date, format_datetime, formatLang, html2plaintext

from odoo.addons.crm.models.crm_lead import PARTNER_ADDRESS_FIELDS_TO_SYNC

JOINED = "joined"  # choice of a text: all of them, one after the other
MERGED_TYPES = (
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2one",
    "monetary",
    "selection",
    "text",
)
# what a merge decides itself, or what is of no interest to whoever merges
NOT_OFFERED = {
    "active",
    "color",
    "company_id",
    "crm_merged_into_id",
    "crm_no_profiling",
    "date_automation_last",
    "lost_reason_id",
    "probability",
}


class CrmLead(models.Model):
    """Which values of leads a merge chooses among, and how they read."""

    _inherit = "crm.lead"

    def _crm_get_mergeable_fields(self):
        """Names of the columns that somebody may fill in, in the order of the model."""
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and field.column_type
            and field.type in MERGED_TYPES
            and not (field.readonly or field.related)
            and not field.company_dependent
            and name not in NOT_OFFERED
            and self._has_field_access(field, "write")
        ]

    def _crm_get_merge_rows(self):
        """The fields in which these leads differ, with the text of each lead's value.

        :return: [{field, label, joinable, cells: [{lead, text}]}]
        """
        names = self._crm_get_mergeable_fields()
        if len(set(self.mapped("won_status"))) > 1:
            # the stage of a lead that is won or lost is its own
            names = [name for name in names if name != "stage_id"]
        rows = []
        for name in names:
            texts = {lead.id: lead._crm_to_merge_text(name) for lead in self}
            if len(set(texts.values())) > 1:
                field = self._fields[name]
                rows.append(
                    {
                        "field": name,
                        "label": field._description_string(self.env),
                        "joinable": field.type == "html",
                        "cells": [
                            {"lead": id_, "text": text} for id_, text in texts.items()
                        ],
                    }
                )
        return rows

    def _crm_to_merge_table(self):
        """The rows under the names of these leads, the first of which stays."""
        columns = [
            {"id": lead.id, "name": lead.name, "stays": lead == self[0]}
            for lead in self
        ]
        return {"columns": columns, "rows": self._crm_get_merge_rows()}

    def _crm_propose_choices(self):
        """{field: lead whose value stays} unless somebody says otherwise, the lead
        that stays being the first: its value, else the first there is; all the texts;
        the highest priority; the fullest address, as a whole.
        """
        whole = dict.fromkeys(PARTNER_ADDRESS_FIELDS_TO_SYNC, self._crm_get_addressed())
        whole["priority"] = self.sorted("priority", reverse=True)[:1]
        choices = {}
        for row in self._crm_get_merge_rows():
            filled = [cell["lead"] for cell in row["cells"] if cell["text"]]
            joined = row["joinable"] and len(filled) > 1
            own = whole.get(row["field"])
            choices[row["field"]] = JOINED if joined else own.id if own else filled[0]
        return choices

    def _crm_get_addressed(self):
        """The lead with the fullest address: two halves make a wrong one."""
        filled = [
            sum(bool(lead[name]) for name in PARTNER_ADDRESS_FIELDS_TO_SYNC)
            for lead in self
        ]
        return self[filled.index(max(filled))] if filled else self

    def _crm_to_merge_text(self, name):
        """A value as somebody reads it; empty when there is none."""
        value, field = self[name], self._fields[name]
        if field.type == "many2one":
            # sudo: who may merge the lead reads the names of what it points to
            return value.sudo().display_name or ""
        if not value:
            return ""
        if field.type == "selection":
            return str(dict(field._description_selection(self.env)).get(value, value))
        if field.type == "html":
            return html2plaintext(value).strip()[:200]
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(self.env, value)
        if field.type == "boolean":
            return self.env._("Yes")
        if field.type == "monetary":
            return formatLang(self.env, value, currency_obj=self.company_currency)
        return str(value)

    def _crm_fit_stage(self):
        """A stage that the team has: as in the host's merge, else the team's first."""
        if self.stage_id.team_ids and self.team_id not in self.stage_id.team_ids:
            stage = self._stage_find(team_id=self.team_id.id)
            quiet = {"tracking_disable": True, "crm_funnel_off": True}
            self.with_context(**quiet).stage_id = stage

    def action_crm_open_merges(self):
        """What was merged into this lead."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_lead_merge_action"
        )
        return action | {"domain": [("winner_id", "=", self.id)]}
