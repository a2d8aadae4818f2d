import logging

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .crm_import_work import QUIET

_logger = logging.getLogger(__name__)


class CrmImportWriter(models.AbstractModel):
    """Creates the records of the rows that a unit of work carries.

    Runs as the user who asked, in the transaction that marks the unit done.
    """

    _name = "crm.import.writer"
    _description = "Import writer"

    @api.model
    def _batch_process(self, batch, units):
        """Do the units at once; a unit that fails alone is done row by row.

        So one row that the base refuses becomes a reject, and its neighbours go in.
        """
        run = self.env["crm.import.run"].browse(batch.payload["import_run_id"])
        rows = [row for unit in units for row in unit.payload]
        if len(units) > 1:
            self._write_rows(run, rows)
        elif not self._try_rows(run, rows):
            for row in rows:
                self._try_rows(run, [row], reject=True)
                self._share_company(row, rows)

    @api.model
    def _batch_done(self, batch):
        run = self.env["crm.import.run"].browse(batch.payload["import_run_id"])
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning" if run.reject_count else "success",
                "title": run.display_name,
                "message": self.env._(
                    "Import done: %(created)s new rows, %(duplicates)s duplicates, "
                    "%(rejects)s rejects.",
                    created=run.created_count,
                    duplicates=run.duplicate_count,
                    rejects=run.reject_count,
                ),
            },
        )

    @api.model
    def _batch_unit_label(self, unit):
        numbers = [row["number"] for row in unit.payload]
        return self.env._(
            "Rows %(first)s to %(last)s", first=min(numbers), last=max(numbers)
        )

    def _try_rows(self, run, rows, reject=False):
        try:
            with self.env.cr.savepoint():
                self._write_rows(run, rows)
                self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # a conflict with another transaction: the lane does it anew
        except Exception as error:  # noqa: BLE001 whatever it is, the row is isolated
            self.env.invalidate_all()
            _logger.info("Import %s: rows refused", run.id, exc_info=True)
            if reject:
                self._reject(run, rows[0], error)
            return False
        return True

    def _share_company(self, done, rows):
        """Let the next rows of a company find what an earlier one created."""
        for row in rows:
            if row["token"] == done["token"]:
                row["company_id"] = done["company_id"]

    def _reject(self, run, row, error):
        known = isinstance(error, UserError | ValidationError | AccessError)
        # the rejects are the import's own: users only read them
        self.env["crm.import.reject"].sudo().create(
            {
                "run_id": run.id,
                "number": row["number"],
                "cells": row["cells"],
                "fault": "refused",
                "error": str(error)
                if known
                else self.env._(
                    "Unexpected error (%(kind)s): %(text)s",
                    kind=type(error).__name__,
                    text=error,
                ),
            }
        )

    def _write_rows(self, run, rows):
        """Create companies, then contacts, then leads, each kind in one go."""
        known = self.env["res.partner"]._crm_find_contacts_by_email(
            {mail for row in rows if (mail := row.get("contact", {}).get("email"))}
        )
        new = [row for row in rows if _email(row) not in known]
        late = [row for row in rows if _email(row) in known]
        companies = self._write_companies(run, new)
        contacts = self._write_contacts(run, new, companies)
        leads = self._write_leads(new, companies, contacts)
        ledger = [
            {
                "run_id": run.id,
                "number": row["number"],
                "outcome": "create",
                "partner_company_id": companies.get(row["token"]),
                "company_created": bool(row["token"]) and not row["company_id"],
                "contact_id": contacts.get(row["number"]),
                "lead_id": leads.get(row["number"]),
            }
            for row in new
        ]
        # somebody else entered the person since the file was planned
        ledger += [
            {
                "run_id": run.id,
                "number": row["number"],
                "outcome": "duplicate",
                "cause": "mail",
                "contact_id": known[_email(row)],
                "partner_company_id": row["company_id"],
            }
            for row in late
        ]
        # the ledger is the import's own: users only read it
        self.env["crm.import.row"].sudo().create(ledger)
        for row in new:
            row["company_id"] = companies.get(row["token"], 0)

    def _write_companies(self, run, rows):
        """The company of each token: {token: partner id}."""
        found = {row["token"]: row["company_id"] for row in rows if row["company_id"]}
        found.update(self._find_late_companies(run, rows, found))
        missing = {
            row["token"]: row["company"]
            for row in reversed(rows)
            if row["token"] and row["token"] not in found
        }
        country = {"country_id": run.profile_id.country_id.id, "is_company": True}
        partners = self._create_partners(
            [{**country, **vals} for vals in missing.values()]
        )
        found.update(zip(missing, partners.ids, strict=True))
        return found

    def _find_late_companies(self, run, rows, found):
        """Companies made since the file was planned: a unit retried row by row, or
        another import at the same moment."""
        tokens = {row["token"] for row in rows if row["token"]} - set(found)
        made = {}
        sirets = {
            siret: row["token"]
            for row in rows
            if row["token"] in tokens
            and (siret := row["company"].get("company_registry"))
        }
        for company in self.env["res.partner"]._crm_find_companies(set(sirets), (), ()):
            made.setdefault(sirets.get(company.siret), company.id)
        made.pop(None, None)
        return made

    def _write_contacts(self, run, rows, companies):
        """The contact of each row that has one: {row number: partner id}."""
        vals = {
            row["number"]: {
                "parent_id": companies.get(row["token"], False),
                "name": row["contact"].get("email"),
                **row["contact"],
            }
            for row in rows
            if row.get("contact", {}).keys() & {"name", "email"}
        }
        country = run.profile_id.country_id.id
        for contact in vals.values():
            if not contact["parent_id"]:
                contact.setdefault("country_id", country)
        contacts = self._create_partners(list(vals.values()))
        self._take_from_company(contacts)
        return dict(zip(vals, contacts.ids, strict=True))

    def _create_partners(self, vals_list):
        """Create without the host's synchronisation, which rewrites every colleague for
        each contact; _take_from_company does it once a company."""
        partners = self.env["res.partner"].with_context(
            **QUIET, _partners_skip_fields_sync=True
        )
        return partners.create(vals_list)

    def _take_from_company(self, contacts):
        """Give contacts the address and commercial fields of their company."""
        # the host too copies these above the rights of who adds a contact: some, such
        # as the credit limit, are the accountants'
        for company, colleagues in contacts.sudo().grouped("parent_id").items():
            values = {
                **company._get_commercial_values(),
                **company._get_address_values(),
            }
            if company and values:
                colleagues.write(values)

    def _write_leads(self, rows, companies, contacts):
        """The lead of each row, when the profile makes leads: {row number: lead id}."""
        lead = self.env["crm.lead"]
        # the host would look for the importer's team and its first stage once a lead
        first = lead.new({"user_id": self.env.uid})
        vals = {
            row["number"]: {
                # nobody's yet: qualification rules, or a person, hand them to somebody
                "user_id": False,
                "team_id": first.team_id.id,
                "stage_id": first.stage_id.id,
                "name": row.get("company", {}).get("name")
                or row.get("contact", {}).get("name")
                or _email(row),
                "partner_id": contacts.get(row["number"])
                or companies.get(row["token"]),
                **row["lead"],
            }
            for row in rows
            if "lead" in row
        }
        leads = lead.with_context(**QUIET).create(list(vals.values()))
        return dict(zip(vals, leads.ids, strict=True))


def _email(row):
    return row.get("contact", {}).get("email")
