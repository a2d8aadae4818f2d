import base64
import csv
import io
import json
import zipfile

from odoo import api, models
from odoo.fields import Date, Datetime
from odoo.tools import html2plaintext

LARGEST = 20 * 1024 * 1024  # of all files together


class CrmPrivacyExport(models.AbstractModel):
    """The copy of a person's data, in words that it reads: JSON for programs, tables
    and files for people, in one archive.
    """

    _name = "crm.privacy.export"
    _description = "Copy of a person's data"

    @api.model
    def _make(self, person, lang=None):
        """:return: (file name, archive in base64)"""
        words = self.with_context(lang=lang or self.env.lang)
        found = words.env["crm.privacy.eraser"]._find_records(person)
        tables = {
            source.label: words._to_rows(source, records)
            for source, records in found.values()
            if records
        }
        threads = {source.model: records.ids for source, records in found.values()}
        tables |= words._to_messages(threads, person)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", words._to_json(person, tables))
            for label, rows in tables.items():
                archive.writestr(f"{label.replace('/', '-')}.csv", _to_csv(rows))
            words._add_files(archive, threads)
        name = words.env._("personal-data-%(date)s.zip", date=Date.today())
        return name, base64.b64encode(buffer.getvalue())

    def _to_json(self, person, tables):
        return json.dumps(
            {
                "date": Date.to_string(Date.today()),
                "emails": list(person.emails),
                "phones": list(person.phones),
                "names": list(person.names),
                "data": tables,
            },
            ensure_ascii=False,
            indent=2,
            default=str,
        )

    def _to_rows(self, source, records):
        """The records as {label: value in words}."""
        records = records.with_env(self.env(su=True))  # found for the person itself
        names = [name for name in source.shown if name in records._fields]
        labels = {
            name: told["string"] for name, told in records.fields_get(names).items()
        }
        return [
            {
                labels.get(name, name): self._to_word(record, name)
                for name in names
                if record[name]
            }
            for record in records
        ]

    def _to_word(self, record, name):
        field, value = record._fields[name], record[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            choices = dict(field._description_selection(record.env))
            return choices.get(value, value)
        if field.type == "html":
            return html2plaintext(value)
        if field.type == "datetime":
            return Datetime.to_string(value)
        if field.type == "date":
            return Date.to_string(value)
        return value

    def _to_messages(self, threads, person):
        ids = self.env["crm.privacy.eraser"]._find_messages(
            {model: ids for model, ids in threads.items() if ids}, person.partner_ids
        )
        # sudo: the person's own correspondence
        messages = self.env["mail.message"].sudo().browse(ids).exists()
        spoken = messages.filtered(lambda one: one.message_type != "notification")
        rows = [
            {
                self.env._("Date"): Datetime.to_string(message.date),
                self.env._("From"): message.email_from or message.author_id.name or "",
                self.env._("Subject"): message.subject or "",
                self.env._("Text"): html2plaintext(message.body or ""),
            }
            for message in spoken
        ]
        return {self.env._("Messages"): rows} if rows else {}

    def _add_files(self, archive, threads):
        """The files that the person sent or that speak of it, up to a size."""
        room = LARGEST
        # sudo: files of records found for the person itself
        attachments = self.env["ir.attachment"].sudo()
        for model, ids in threads.items():
            files = attachments.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", ids),
                    ("type", "=", "binary"),
                ]
            )
            for file in files:
                content = file.raw or b""
                if len(content) <= room:
                    room -= len(content)
                    # who sent the file named it: no folder of its own choosing
                    name = file.name.replace("/", "-").replace("\\", "-")
                    archive.writestr(f"files/{file.id}-{name}", content)


def _to_csv(rows):
    """A table that spreadsheets open, with accents."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")
