import base64

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.reject_file import write_rejects
from ..tools.tabular import UnreadableFile, read_sheet


class CrmImportFile(models.AbstractModel):
    """What goes in and out of an import as a file."""

    _name = "crm.import.file"
    _description = "Import files"

    @api.model
    def _read(self, run):
        """The run's first sheet, or a sentence that says what to do about it."""
        content = base64.b64decode(run.with_context(bin_size=False).file or b"")
        try:
            return read_sheet(content, run.encoding or "", run.separator or "")
        except UnreadableFile as error:
            raise UserError(self._explain(error)) from error

    def _explain(self, error):
        words = {
            "empty": self.env._(
                "The file is empty. Check that you chose the right one."
            ),
            "encrypted": self.env._(
                "The workbook is protected by a password. Open it in your spreadsheet, "
                "remove the password, save it and choose it again."
            ),
            "damaged": self.env._(
                "The file is damaged and cannot be read (%(detail)s). Open it in your "
                "spreadsheet and save it again as .xlsx or .csv.",
                detail=error.detail,
            ),
            "not_table": self.env._(
                "This is not a table. Choose a .csv, .txt, .xls or .xlsx file; a web "
                "page saved as .xls must first be saved as .xlsx."
            ),
            "ods": self.env._(
                "OpenDocument sheets are not read. Save the sheet as .xlsx or .csv."
            ),
            "encoding": self.env._(
                "The file is not written in the encoding chosen (%(encoding)s). Leave "
                "the encoding empty to have it recognised.",
                encoding=error.detail,
            ),
        }
        return words[error.code]

    @api.model
    def _write_rejects(self, run):
        """The refused rows as they came, with their number and what is wrong.

        The two columns replace those of an earlier reject file that was fed again.
        """
        added = [self.env._("Import row"), self.env._("Import reason")]
        header = run.header or []
        known = {*added, "Import row", "Import reason"}
        kept = [place for place, name in enumerate(header) if name not in known]
        rows = [
            [*_pick(reject.cells, kept), str(reject.number), reject.reason]
            for reject in run.reject_ids.sorted("number")
        ]
        return write_rejects(
            [*_pick(header, kept), *added], rows, run.read_encoding, run.read_separator
        )


def _pick(cells, places):
    return [cells[place] if place < len(cells) else "" for place in places]
