from odoo import api, models


class CrmImportCheck(models.AbstractModel):
    """How the lanes check a long file, unit by unit, as the user who asked."""

    _name = "crm.import.check"
    _description = "Check of a file"

    @api.model
    def _batch_process(self, run, units):
        record = self._get_file(run)
        for unit in units:
            # in the transaction that marks the unit done
            unit.payload = record._check_unit(unit.payload)

    @api.model
    def _batch_done(self, run):
        record = self._get_file(run)
        failed = run.unit_ids.filtered(lambda unit: unit.state != "done")
        # another file may have been chosen meanwhile
        if record.check_run_id.id == run.id and not failed:
            record._conclude_check(run.unit_ids.sorted("id").mapped("payload"))

    @api.model
    def _batch_unit_label(self, unit):
        return unit.run_id.name

    def _get_file(self, run):
        return self.env[run.payload["model"]].browse(run.payload["id"]).exists()
