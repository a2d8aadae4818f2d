from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..tools import import_plan
from ..tools.import_rows import (
    Binding,
    BoundColumn,
    bind,
    distinct_texts,
    read_row,
    split_header,
)
from ..tools.tabular import Sheet
from .crm_import_profile_line import TARGET_MODELS

UNIT_ROWS = 50
PREVIEW_ROWS = 20
PREVIEW_REJECTS = 10
# nobody follows or is told about thousands of imported records one by one
QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True}


@dataclass(frozen=True, slots=True)
class FilePlan:
    """A file read and decided upon."""

    sheet: Sheet
    binding: Binding
    header: tuple
    cells: dict
    planned: list


class CrmImportWork(models.AbstractModel):
    """The work of an import: plan the file, then create its records chunk by chunk."""

    _name = "crm.import.work"
    _description = "Import work"

    # ------------------------------------------------------------------ plan
    @api.model
    def _plan(self, run, create_missing=False):
        """Read the run's file and decide what becomes of each row.

        :param bool create_missing: create the sources and the like that lines allow
        """
        profile = run.profile_id
        self._check_rights(profile)
        sheet = self.env["crm.import.file"]._read(run)
        lines = profile.line_ids
        columns = [line._to_column() for line in lines]
        header, records = split_header(columns, sheet.rows)
        binding = bind(columns, header)
        self._check_header(binding, header, records)
        binding = self._with_choices(lines, binding, records, create_missing)
        region = profile.country_id.code or ""
        rows = [read_row(binding, record, region) for record in records]
        keys = import_plan.Keys(
            siret=any(c.key for c in columns if c.field == "company_registry"),
            email=any(c.key for c in columns if c.slot == ("contact", "email")),
        )
        planned = import_plan.plan(rows, self._find_known(rows), keys)
        cells = {
            record.number: [str(cell) for cell in record.cells] for record in records
        }
        return FilePlan(sheet, binding, header, cells, planned)

    def _check_rights(self, profile):
        for target in profile._targets():
            self.env[TARGET_MODELS[target]].check_access("create")
        if not profile.line_ids:
            raise UserError(
                self.env._("The profile “%(name)s” names no column.", name=profile.name)
            )

    def _check_header(self, binding, header, records):
        present = ", ".join(name for name in header if name)
        if binding.missing:
            raise UserError(
                self.env._(
                    "Column missing: %(columns)s. The file has: %(present)s. Rename "
                    "the column in the file, or add its name to the profile.",
                    columns=", ".join(
                        " / ".join(column.headers) for column in binding.missing
                    ),
                    present=present,
                )
            )
        if all(bound.index is None for bound in binding.columns):
            raise UserError(
                self.env._(
                    "No column of the profile is in the file, which has: %(present)s. "
                    "Choose another profile, or check the separator and the encoding.",
                    present=present,
                )
            )
        if not records:
            raise UserError(self.env._("The file has a header and no row below it."))

    def _with_choices(self, lines, binding, records, create_missing):
        """Give its choices to each column that fills a link, a choice or a yes/no."""
        bound_columns = []
        for line, bound in zip(lines, binding.columns, strict=True):
            choices = None
            if line._get_field().type in ("many2one", "selection", "boolean"):
                texts = distinct_texts(bound, records)
                choices = line._get_choices(texts, create_missing) if texts else {}
            column = line._to_column(choices)
            bound_columns.append(BoundColumn(column, bound.index, bound.label))
        return Binding(tuple(bound_columns), binding.missing, binding.unused)

    def _find_known(self, rows):
        """What the base already holds of what the file speaks of, in a few queries."""
        partner = self.env["res.partner"]
        good = [row.values for row in rows if not row.faults]
        named = [values for values in good if ("company", "name") in values]
        companies = partner._crm_find_companies(
            {
                values[slot]
                for values in named
                if (slot := ("company", "company_registry")) in values
            },
            {
                values[slot]
                for values in named
                if (slot := ("company", "zip")) in values
            },
            {
                values["company", "name"]
                for values in named
                if ("company", "zip") not in values
            },
        )
        no_mail = any(("contact", "email") not in values for values in good)
        return import_plan.Known(
            companies=companies,
            emails=partner._crm_find_contacts_by_email(
                {
                    values[slot]
                    for values in good
                    if (slot := ("contact", "email")) in values
                }
            ),
            people=partner._crm_find_people({it.id for it in companies})
            if no_mail
            else {},
        )

    # ------------------------------------------------------------------ preview
    def _prepare_preview_values(self, plan):
        return {**self._prepare_reading_values(plan), "preview": self._to_preview(plan)}

    def _prepare_reading_values(self, plan):
        return {
            "header": list(plan.header),
            "read_encoding": plan.sheet.encoding,
            "read_separator": plan.sheet.separator,
        }

    def _to_preview(self, plan):
        counts = dict.fromkeys(("create", "duplicate", "reject"), 0)
        faults = {}
        for item in plan.planned:
            counts[item.outcome] += 1
            for fault in item.row.faults:
                key = (fault.column, fault.code)
                faults[key] = faults.get(key, 0) + 1
        others = [item for item in plan.planned if item.outcome != "create"]
        shown = {item.row.number: item for item in plan.planned[:PREVIEW_ROWS]}
        shown.update((item.row.number, item) for item in others[:PREVIEW_REJECTS])
        return {
            "counts": counts,
            "faults": [[column, code, n] for (column, code), n in faults.items()],
            "unused": list(plan.binding.unused),
            "rows": [self._to_preview_row(shown[number]) for number in sorted(shown)],
        }

    def _to_preview_row(self, item):
        values = item.row.values
        same = self.env["res.partner"].browse(item.same_id or ())
        return {
            "number": item.row.number,
            "outcome": item.outcome,
            "faults": [[fault.column, fault.code] for fault in item.row.faults],
            "cause": item.cause,
            "same_row": item.same_row,
            "same_name": same.display_name or "",
            "company": str(values.get(("company", "name"), "")),
            "contact": str(values.get(("contact", "name"), "")),
            "email": str(values.get(("contact", "email"), "")),
            "phone": str(values.get(("contact", "phone"), "")),
            "lead": str(values.get(("lead", "name"), "")),
            "amount": str(values.get(("lead", "expected_revenue"), "")),
        }

    # ------------------------------------------------------------------ start
    def _start(self, run):
        plan = self._plan(run, create_missing=True)
        # the ledger, the rejects and the preview are the import's own, not the client's
        run_sudo = run.sudo()
        run._forget_check()
        run_sudo.write(self._prepare_preview_values(plan))
        run_sudo.env["crm.import.reject"].create(
            [
                self._prepare_reject_values(
                    run, item.row.number, item.row.faults, plan.cells
                )
                for item in plan.planned
                if item.outcome == "reject"
            ]
        )
        run_sudo.env["crm.import.row"].create(
            [
                self._prepare_duplicate_values(run, item)
                for item in plan.planned
                if item.outcome == "duplicate"
            ]
        )
        created = (item for item in plan.planned if item.outcome == "create")
        units = [
            {
                "payload": [
                    self._to_payload(run.profile_id, item, plan.cells) for item in unit
                ]
            }
            for unit in import_plan.pack(created, UNIT_ROWS)
        ]
        run_sudo.batch_run_id = self.env["crm.batch.run"]._enqueue(
            "import",
            units,
            name=run.filename or run.profile_id.name,
            payload={"import_run_id": run.id},
        )

    def _prepare_reject_values(self, run, number, faults, cells):
        first = faults[0]
        return {
            "run_id": run.id,
            "number": number,
            "cells": cells[number],
            "faults": [[fault.column, fault.code] for fault in faults],
            "column": first.column,
            "fault": first.code,
        }

    def _prepare_duplicate_values(self, run, item):
        person = item.cause != "company"
        return {
            "run_id": run.id,
            "number": item.row.number,
            "outcome": "duplicate",
            "cause": item.cause,
            "same_row": item.same_row,
            "contact_id": item.same_id if person else False,
            "partner_company_id": item.company_id or False,
        }

    def _to_payload(self, profile, item, cells):
        """A row as JSON: the values of each record, and what it takes to reject it."""
        vals = {target: {} for target in profile._targets()}
        for (target, name), value in item.row.values.items():
            field = self.env[TARGET_MODELS[target]]._fields[name]
            vals[target][name] = _to_json(field, value)
        return {
            "number": item.row.number,
            "token": item.token,
            "company_id": item.company_id,
            "cells": cells[item.row.number],
            **vals,
        }


def _to_json(field, value):
    if field.type == "html":
        return plaintext2html(value)
    if field.type in ("monetary", "float"):
        return float(value)
    if field.type == "integer":
        return int(value)
    if field.type == "date":
        return fields.Date.to_string(value)
    return value
