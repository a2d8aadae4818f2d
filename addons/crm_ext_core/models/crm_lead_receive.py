from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext, plaintext2html

# types of fields that a note repeats
SAID = ("char", "text", "html", "integer", "float", "monetary", "date")


class CrmLead(models.Model):
    """The one door of leads: forms, mails, the portal and the API come in by it.

    Who has an open lead already gets no second one, unless the rule of the form or of
    the team says so; what came is told on the open lead, and is an event of its score.
    An import asks for many at once (crm.import.writer); who enters a lead by hand is
    warned instead (crm.duplicate.known).
    """

    _inherit = "crm.lead"

    # a plain column: it costs nothing to add on a large table
    crm_key = fields.Char(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="What the sender called its request: sent twice, it makes one lead.",
    )

    _crm_key_once = models.UniqueIndex(
        "(crm_key) WHERE crm_key IS NOT NULL", "This request has been received already."
    )

    @api.model
    def _crm_receive(self, vals, make, rule="join", event=None):
        """Find the open lead of whoever asks, or make one.

        :param dict vals: of a lead; email_from, phone, partner_id, company_id are read
        :param make: makes the lead, when there is none to join
        :param str rule: "join" or "new"
        :param tuple event: (source, date, reference) of the score's event
        :return: (lead, whether it is new); on an open lead the caller tells what came
        """
        known = self._crm_find_open(vals) if rule == "join" else self.browse()
        lead = known or make()
        if event:
            source, date, ref = event
            # the event reads the objection to profiling in the table
            lead.flush_recordset(["crm_no_profiling"])
            self.env["crm.score.event"]._log(source, [(lead.id, date, ref)])
        return lead, not known

    # ------------------------------------------------------------------ who asks
    @api.model
    def _crm_read_sender(self, vals):
        """(mail address, phone number) of whoever asks, as records keep them."""
        partner = self.env["res.partner"].browse(vals.get("partner_id") or ())
        mail = email_normalize(vals.get("email_from") or "") or partner.email_normalized
        phone = vals.get("phone") or ""
        if phone:
            company = self.env["res.company"].browse(vals.get("company_id") or ())
            country = (company or self.env.company).country_id
            phone = partner._phone_format(number=phone, country=country)
        return mail or "", phone or ""

    @api.model
    def _crm_find_open(self, vals):
        """The youngest open lead of the same address, of the same person or, when
        there is no address to compare, of the same phone number."""
        mail, phone = self._crm_read_sender(vals)
        person = self.env["res.partner"].browse(vals.get("partner_id") or ())
        same = []
        if mail:
            same.append(Domain("email_normalized", "=", mail))
        if person and not person.is_company:
            same.append(Domain("partner_id", "=", person.id))
        if phone:
            same.append(self._crm_same_phone(mail, phone))
        return self._crm_find_first(same, vals)

    def _crm_same_phone(self, mail, phone):
        """Two addresses tell two persons apart, whatever number they share."""
        number = Domain("phone_sanitized", "=", phone)
        return number & Domain("email_normalized", "=", False) if mail else number

    def _crm_find_first(self, same, vals):
        company = vals.get("company_id") or self.env.company.id
        is_open = Domain("won_status", "=", "pending")
        is_open &= Domain("company_id", "in", [False, company])
        for domain in same:
            lead = self.search(domain & is_open, limit=1, order="id desc")
            if lead:
                return lead
        return self.browse()

    @api.model
    def _crm_find_contact(self, vals):
        """The contact of that address that this company may see, or else the only one
        of that phone number."""
        mail, phone = self._crm_read_sender(vals)
        company = vals.get("company_id") or self.env.company.id
        contacts = self.env["res.partner"]
        seen = Domain("company_id", "in", [False, company])
        if mail:
            known = Domain("email_normalized", "=", mail) & seen
            contact = contacts.search(known, limit=1, order="is_company, id")
            if contact:
                return contact
        if not phone:
            return contacts
        same = contacts.search(self._crm_same_phone(mail, phone) & seen, limit=2)
        return same if len(same) == 1 else contacts

    # ------------------------------------------------------------------ words
    def _crm_tell_again(self, text, author=None):
        """What came, as a note on the lead that is open; whoever handles it is told.

        :param str text: lines
        :param author: res.partner; by default the lead's own contact
        """
        author = author or self.partner_id or self.env.ref("base.partner_root")
        thread = self.with_context(mail_post_autofollow_author_skip=True)
        thread.message_post(
            body=plaintext2html(text),
            subtype_xmlid="mail.mt_note",
            author_id=author.id,
            partner_ids=(self.user_id.partner_id - author).ids,
        )

    def _crm_to_text(self, title, vals):
        """What somebody asked for, in lines: a title, then each text with its label."""
        lines = [title]
        for name, field in self.fields_get(vals, ["string", "type"]).items():
            if vals[name] and field["type"] in SAID:
                text = str(vals[name])
                text = html2plaintext(text) if field["type"] == "html" else text
                lines.append(f"{field['string']}: {text.strip()}")
        return "\n".join(lines)

    # ------------------------------------------------------------------ once
    @api.model
    def _crm_make_once(self, key, vals):
        """Make the lead of a request that its sender may send again.

        :param str key: of the sender; none: nothing tells a repetition
        """
        # what was heard of a contact does not change what we know of it
        made = self.with_context(crm_contact_as_is=True)
        if not key:
            return made.create(vals)
        try:
            with self.env.cr.savepoint():
                return made.create(vals | {"crm_key": key})
        except UniqueViolation as error:
            # the other one is not visible in this transaction: run it again
            raise ConcurrencyError(str(error)) from error

    @api.model
    def _crm_find_key(self, key):
        """The lead that a request made before, whatever became of it."""
        leads = self.with_context(active_test=False)
        return leads.search([("crm_key", "=", key)], limit=1) if key else self.browse()
