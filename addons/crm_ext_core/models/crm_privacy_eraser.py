from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Date, Domain
from odoo.tools import SQL

from ..tools.privacy import Person


class CrmPrivacyEraser(models.AbstractModel):
    """Finds all that is known of a person, and forgets it: figures stay, words go."""

    _name = "crm.privacy.eraser"
    _description = "Finding and forgetting a person"

    # ------------------------------------------------------------------ finding
    @api.model
    def _find_person(self, partners, leads, email=""):
        """The person behind contacts, leads or an address, with all its records."""
        # sudo: the right to be told and forgotten holds whoever may read the records
        people = self.env["res.partner"].sudo().with_context(active_test=False)
        cards = self.env["crm.lead"].sudo().with_context(active_test=False)
        partners, leads = people.browse(partners.ids), cards.browse(leads.ids)
        # a lead asked for speaks of its contact too, whatever that one's address
        partners |= leads.partner_id.filtered(lambda one: not one.is_company)
        emails = {email} if email else set()
        emails |= {*partners.mapped("email_normalized")}
        emails |= {*leads.mapped("email_normalized")}
        emails -= {False, ""}
        partners |= people.search(
            [("email_normalized", "in", list(emails)), ("is_company", "=", False)]
        )
        leads |= cards.search(
            Domain("email_normalized", "in", list(emails))
            | Domain("partner_id", "in", partners.ids)
        )
        return self._to_person(partners, leads, emails)

    @api.model
    def _to_person(self, partners, leads, emails=()):
        found = set(emails)
        found |= {
            *partners.mapped("email_normalized"),
            *leads.mapped("email_normalized"),
        }
        phones = {
            one[name] for one in partners for name in ("phone", "phone_sanitized")
        }
        phones |= {one[name] for one in leads for name in ("phone", "phone_sanitized")}
        names = {*partners.mapped("name"), *leads.mapped("contact_name")}
        return Person(
            partner_ids=tuple(sorted(partners.ids)),
            lead_ids=tuple(sorted(leads.ids)),
            emails=tuple(sorted(found - {False, ""})),
            phones=tuple(sorted(phones - {False, ""})),
            names=tuple(sorted(names - {False, ""})),
        )

    @api.model
    def _find_records(self, person):
        """{code: (source, its records that speak of the person)}."""
        found = {}
        for code, source in self.env["crm.hooks"]._privacy_sources().items():
            # sudo: as in _find_person
            model = self.env[source.model].sudo().with_context(active_test=False)
            records = model.search(Domain(source.find(self.env, person)), order="id")
            found[code] = (source, records)
        return found

    @api.model
    def _find_protected(self, partner_ids):
        """Those contacts that the law, a contract or an account makes us keep."""
        self.env.flush_all()
        return self._read_ids(
            SQL(
                "SELECT id FROM res_partner WHERE id IN %s AND %s",
                tuple(partner_ids) or (0,),
                self._protected_condition(SQL("commercial_partner_id")),
            )
        )

    @api.model
    def _protected_condition(self, column):
        queries = self.env["crm.hooks"]._privacy_protected()
        return SQL(
            """%s IN (SELECT commercial_partner_id FROM res_partner
                       WHERE id IN (%s))""",
            column,
            SQL(" UNION ALL ").join(queries),
        )

    def _read_ids(self, query):
        return [row[0] for row in self.env.execute_query(query)]

    # ------------------------------------------------------------------ forgetting
    @api.model
    def _forget(self, person):
        """Forget a person, or several: {code: number of records changed}.

        Contacts that must be kept keep their card; the rest is forgotten all the same.
        """
        self._check_users(person)
        kept = self._find_protected(person.partner_ids)
        free = person.without_partners(kept)
        found = self._find_records(free)
        threads = {}
        for source, records in found.values():
            if records:
                threads.setdefault(source.model, set()).update(records.ids)
        messages = self._find_messages(threads, free.partner_ids)
        messages += self._find_mails(person)
        self._forget_threads(threads, messages)
        touched = []
        for source, records in found.values():
            touched += self._clear(source, records)
        self._sweep(threads | {"mail.message": set(messages)}, person)
        self._sweep_everywhere(person)
        self._note_forgotten(free)
        self.env.invalidate_all()
        for records, names in touched:
            records.exists().modified(names)
        self.env.flush_all()
        return {code: len(records) for code, (_source, records) in found.items()}

    def _check_users(self, person):
        users = self.env["res.users"].sudo()  # whoever has an account is told apart
        known = users.search(
            [("partner_id", "in", list(person.partner_ids)), ("share", "=", False)]
        )
        if known:
            raise UserError(
                self.env._(
                    "%(names)s has an account of the software: archive the user first.",
                    names=", ".join(known.mapped("name")),
                )
            )

    def _clear(self, source, records):
        """Empty what speaks of the person, with one statement a table.

        :return: [(records, names of the fields changed)], for what depends on them
        """
        names = [*source.cleared, *source.fixed]
        if not records or not (names or source.delete):
            return []
        if source.delete:
            records.unlink()
            return []
        names = [name for name in names if records._fields[name].store]
        if not names:
            return []
        sets = [
            SQL(
                "%s = replace(%s, %s, id::text)",
                SQL.identifier(name),
                source.fixed[name],
                "%(id)s",
            )
            if name in source.fixed
            else SQL("%s = NULL", SQL.identifier(name))
            for name in names
        ]
        self._update(records._table, sets, records.ids)
        return [(records, names)]

    def _update(self, table, sets, ids):
        if ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s",
                    SQL.identifier(table),
                    SQL(", ").join(sets),
                    tuple(ids),
                )
            )

    def _blank(self, table, names, ids):
        self._update(table, [SQL("%s = NULL", SQL.identifier(n)) for n in names], ids)

    # ------------------------------------------------------------------ marks
    def _note_forgotten(self, person):
        today = Date.today()
        sets = [SQL("crm_forgotten_date = %s", today)]
        self._update("res_partner", [*sets, SQL("active = FALSE")], person.partner_ids)
        self._update("crm_lead", sets, person.lead_ids)
        self.env.cr.execute(
            SQL(
                """UPDATE res_users SET login = 'forgotten-' || id, active = FALSE,
                          password = NULL, signature = NULL WHERE partner_id IN %s""",
                tuple(person.partner_ids) or (0,),
            )
        )
