from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from ..tools.privacy import digest, masked


class CrmPrivacyRequest(models.Model):
    """What a person asks of us: to be told, to be forgotten, not to be profiled.

    Done within a month. After an erasure nothing here names the person any more, but
    who comes again with the same address is recognised by its digest.
    """

    _name = "crm.privacy.request"
    _description = "Privacy request"
    _order = "date desc, id desc"
    _rec_name = "subject"

    kind = fields.Selection(
        [
            ("access", "Access: a copy of all data"),
            ("erasure", "Erasure: anonymise"),
            ("objection", "Objection to profiling"),
        ],
        string="Asks for",
        required=True,
        default="access",
    )
    state = fields.Selection(
        [("draft", "Received"), ("found", "Looked up"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    email = fields.Char(string="E-mail")
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="set null",
                                 index="btree_not_null")  # fmt: skip
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null")
    subject = fields.Char(string="Person", compute="_compute_subject", store=True)
    digest = fields.Char(readonly=True, copy=False, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
    )
    date = fields.Date(
        string="Received", required=True, default=fields.Date.context_today
    )
    deadline = fields.Date(compute="_compute_deadline", store=True)
    is_late = fields.Boolean(compute="_compute_is_late")
    note = fields.Text(help="How the person proved who it is, how we answered.")
    done_date = fields.Datetime(string="Done on", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", string="Done by", readonly=True)
    finding_ids = fields.One2many("crm.privacy.finding", "request_id", readonly=True)
    found_count = fields.Integer(string="Records found", compute="_compute_found_count")
    export = fields.Binary(string="Copy of the data", readonly=True, attachment=True)
    export_name = fields.Char(readonly=True)

    _somebody = models.Constraint(
        """CHECK (email IS NOT NULL OR partner_id IS NOT NULL OR lead_id IS NOT NULL
                  OR digest IS NOT NULL OR state = 'done')""",
        "Say who asks: an e-mail address, a contact or a lead.",
    )

    @api.depends("email", "partner_id.name", "lead_id.contact_name", "state")
    def _compute_subject(self):
        for request in self:
            if request.state == "done" and request.kind == "erasure":
                request.subject = request.subject or masked("")
                continue
            request.subject = (
                request.partner_id.name
                or request.email
                or request.lead_id.contact_name
                or request.lead_id.email_from
                or request.lead_id.name
            )

    @api.depends("partner_id", "lead_id")
    def _compute_lang(self):
        for request in self:
            lead, partner = request.lead_id, request.partner_id
            request.lang = partner.lang or lead.lang_code or self.env.lang

    @api.depends("date")
    def _compute_deadline(self):
        for request in self:
            request.deadline = request.date and request.date + timedelta(days=30)

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_late = bool(
                request.state != "done"
                and request.deadline
                and request.deadline < today
            )

    @api.depends("finding_ids.count")
    def _compute_found_count(self):
        for request in self:
            request.found_count = sum(request.finding_ids.mapped("count"))

    @api.constrains("kind", "state")
    def _check_done(self):
        if self.filtered(lambda one: one.state == "done" and not one.done_date):
            raise ValidationError(
                self.env._("A request is done by its button, which does the work.")
            )

    # ------------------------------------------------------------------ actions
    def action_find(self):
        """Look up what is known of the person, and count it."""
        for request in self:
            if request.state == "done":
                continue
            person = request._find_person()
            request._keep_findings(person)
            request.state = "found"
        return True

    def action_do(self):
        """Do what the person asks: once."""
        for request in self:
            if request.state == "done":
                raise UserError(
                    self.env._("%(name)s was done already.", name=request.subject)
                )
            person = request._find_person()
            request._keep_findings(person)
            getattr(request, f"_do_{request.kind}")(person)
            request.write(
                {
                    "state": "done",
                    "done_date": fields.Datetime.now(),
                    "done_by_id": self.env.uid,
                }
            )
        return True

    def _find_person(self):
        eraser = self.env["crm.privacy.eraser"]
        person = eraser._find_person(self.partner_id, self.lead_id, self._get_address())
        if not (person.partner_ids or person.lead_ids or person.emails):
            raise UserError(
                self.env._(
                    "Nobody is known by this: enter the address that the person wrote "
                    "from, or choose the contact or the lead."
                )
            )
        return person

    def _get_address(self):
        """The address alone, as records are found by it: people paste names with it."""
        if not (self.email or "").strip():
            return ""
        address = email_normalize(self.email)
        if not address:
            raise UserError(
                self.env._(
                    "E-mail: %(text)s is not one address. Enter it as "
                    "name@company.com.",
                    text=self.email,
                )
            )
        return address

    def _keep_findings(self, person):
        eraser = self.env["crm.privacy.eraser"]
        kept = eraser._find_protected(person.partner_ids)
        reason = self.env._("Kept by law or contract: invoices, orders or an account")
        self.finding_ids = [Command.clear()] + [
            Command.create(
                {
                    "label": source.label,
                    "res_model": source.model,
                    "count": len(records),
                    "kept": len(kept) if source.model == "res.partner" else 0,
                    "reason": reason if kept and source.model == "res.partner" else "",
                }
            )
            for source, records in eraser._find_records(person).values()
            if records
        ]

    def _do_access(self, person):
        name, content = self.env["crm.privacy.export"]._make(person, self.lang)
        self.write({"export": content, "export_name": name})

    def _do_objection(self, person):
        # sudo: the objection holds for the records of all salespeople
        partners = self.env["res.partner"].sudo().browse(person.partner_ids)
        partners.crm_no_profiling = True
        leads = self.env["crm.lead"].sudo().browse(person.lead_ids)
        leads.filtered(lambda lead: not lead.crm_no_profiling).crm_no_profiling = True

    def _do_erasure(self, person):
        email = self._get_address() or next(iter(sorted(person.emails)), "")
        self.env["crm.privacy.eraser"]._forget(person)
        # sudo: all requests of this person, also those that another company received
        same = self._find_same(person).sudo()
        same.write({"export": False, "export_name": False})
        same.write(
            {
                "email": False,
                "note": False,
                "subject": masked(email),
                "digest": email and digest(email),
            }
        )

    def _find_same(self, person):
        """All requests of this person: none of them may name it any more."""
        domain = Domain.OR(
            [
                *(_is_email(email) for email in person.emails),
                Domain("partner_id", "in", list(person.partner_ids)),
                Domain("lead_id", "in", list(person.lead_ids)),
            ]
        )
        # sudo: also those that another company received
        return self | self.sudo().search(domain).sudo(self.env.su)

    @api.model
    def find_earlier(self, email):
        """Requests of an address that were done before, erased ones too.

        :param str email: the address, in any case
        """
        return self.search(
            Domain("digest", "=", digest(email or "")) | _is_email(email or "")
        )


def _is_email(email):
    """Whose address is this one, in any case; _ and % are no jokers."""
    exact = email.strip().replace("\\", "\\\\").replace("%", "\\%")
    return Domain("email", "=ilike", exact.replace("_", "\\_"))
