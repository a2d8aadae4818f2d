from odoo import api, models

from odoo.addons.crm_ext_core.tools.import_rows import Row

from ..tools.import_preview import join_previews, to_preview


class CrmSubscriptionImport(models.Model):
    """How a file is checked and carried out, unit by unit, as the user who asked."""

    _inherit = "crm.subscription.import"

    def _check_unit(self, payload):
        rows = self._restore_rows(payload)
        fates = self._get_worker()._foresee(rows)
        return to_preview([(row.number, row.cells, *fates[row.number]) for row in rows])

    def _conclude_check(self, results):
        # sudo: the preview is the import's own, see ENGINE_FIELDS
        self.sudo().preview = join_previews(results)

    def _restore_rows(self, payload):
        """The rows that a unit carries: number, cells and mark of each."""
        records = [Row(number, tuple(cells)) for number, cells, _mark in payload]
        marks = [mark for _number, _cells, mark in payload]
        return self._read_rows(self.header, records, marks)

    @api.model
    def _batch_process(self, batch, units):
        run = self.browse(batch.payload["import_id"])
        rows = run._restore_rows([row for unit in units for row in unit.payload])
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
