from odoo import api, models

from odoo.addons.crm_ext_core.tools.import_rows import Row


class CrmSubscriptionImport(models.Model):
    """How the lanes carry a file out, unit by unit, as the user who started it."""

    _inherit = "crm.subscription.import"

    @api.model
    def _batch_process(self, batch, units):
        run = self.browse(batch.payload["import_id"])
        treated = [tuple(row) for unit in units for row in unit.payload]
        records = [Row(number, tuple(cells)) for number, cells, _mark in treated]
        marks = [mark for _number, _cells, mark in treated]
        rows = run._read_rows(run.header, records, marks)
        fates = run._get_worker()._carry_out(rows)
        # sudo: the rows are the import's own, users only read them
        self.env["crm.subscription.import.row"].sudo().create(
            [
                {
                    "import_id": run.id,
                    "number": row.number,
                    "outcome": fates[row.number][0],
                    "reason": fates[row.number][1],
                    "cells": row.cells if fates[row.number][0] == "rejected" else False,
                }
                for row in rows
            ]
        )

    @api.model
    def _batch_unit_label(self, unit):
        numbers = [number for number, _cells, _mark in unit.payload]
        return self.env._(
            "Rows %(first)s to %(last)s", first=min(numbers), last=max(numbers)
        )
