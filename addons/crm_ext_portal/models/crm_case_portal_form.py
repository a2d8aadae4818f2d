from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import is_html_empty, plaintext2html
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.crm_ext_core.tools.uploads import (
    MEBIBYTE,
    Upload,
    UploadPolicy,
    UploadRefused,
)

SUBJECT_LENGTH = 200


class CrmCasePortalForm(models.Model):
    """Requests that customers send and correct through the portal's forms."""

    _inherit = "crm.case"

    portal_form_token = fields.Char(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="The form that the case came from: sent twice, it opens one case.",
    )

    _portal_form_token_uniq = models.UniqueIndex(
        "(portal_form_token) WHERE portal_form_token IS NOT NULL",
        "This request has been sent already.",
    )

    # ------------------------------------------------------------------ create
    @api.model
    def _portal_create(self, values, uploads, form_token):
        """Open a case for the customer who is logged in; once per form.

        :param dict values: subject and description (text), category_id, line_id
        :param uploads: (name, content) of the files
        :return: the case, in sudo
        """
        # the user's id keeps one customer from naming another's form
        token = f"{self.env.uid}-{form_token}"
        # sudo: customers open cases through this method alone
        cases = self.sudo()
        if sent := cases.search([("portal_form_token", "=", token)], limit=1):
            return sent
        vals = self._prepare_portal_case(values) | {"portal_form_token": token}
        self._portal_check_uploads(uploads)
        try:
            with self.env.cr.savepoint():
                case = cases.create(vals)
        except UniqueViolation as error:
            # the other click is not visible in this transaction: run it again
            raise ConcurrencyError(str(error)) from error
        if uploads:
            case.message_post(
                body=self.env._("Files sent with the request"),
                attachments=list(uploads),
                author_id=self.env.user.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        return case

    @api.model
    def _prepare_portal_case(self, values):
        customer = self.env.user.partner_id
        vals = self._prepare_portal_text(
            values.get("subject"), values.get("description")
        )
        vals |= {"partner_id": customer.id, "channel": "portal"}
        # sudo: labels that the form offers to every customer
        category = (
            self.env["crm.case.category"]
            .sudo()
            .search([("id", "=", values.get("category_id") or 0)])
        )
        if category:
            vals["category_id"] = category.id
            team = category.team_id
            if team.company_id == self.env.company:
                vals["team_id"] = team.id
        choices = self.env["crm.subscription"]._get_portal_line_choices(customer)
        line = choices.filtered(lambda line: line.id == values.get("line_id"))
        if line:
            vals["crm_subscription_id"] = line.subscription_id.id
            vals["product_id"] = line.product_id.id
        return vals

    @api.model
    def _prepare_portal_text(self, subject, description):
        subject = " ".join((subject or "").split())
        if not subject:
            raise UserError(self.env._("Write a subject."))
        if len(subject) > SUBJECT_LENGTH:
            raise UserError(
                self.env._(
                    "The subject is too long: %(limit)s characters at most.",
                    limit=SUBJECT_LENGTH,
                )
            )
        text = (description or "").strip()
        return {"name": subject, "description": text and plaintext2html(text)}

    # ------------------------------------------------------------------ edit
    def _portal_edit(self, subject, description):
        """Correct an open case; what the description said before stays in the log.

        :param self: one case, which the caller has checked that the user may read
        """
        self.ensure_one()
        if self.is_closed:
            raise UserError(
                self.env._("This request is closed: write a message instead.")
            )
        vals = self._prepare_portal_text(subject, description)
        before = self._get_portal_description()
        if before == (description or "").replace("\r\n", "\n").strip():
            del vals["description"]
        # sudo: customers write cases through this method alone
        case = self.sudo()
        if "description" in vals and not is_html_empty(self.description):
            case._message_log(
                body=self.env._("The customer changed the description. It was:")
                + plaintext2html(before),
                author_id=self.env.user.partner_id.id,
            )
        case.write(
            {name: value for name, value in vals.items() if value != (case[name] or "")}
        )

    # ------------------------------------------------------------------ files
    @api.model
    def _portal_check_uploads(self, uploads):
        """Refuse what is too much, too large or dangerous, in words.

        :param uploads: (name, content) of the files
        """
        try:
            self._get_upload_policy().check(
                Upload(name, len(content), guess_mimetype(content, default=""))
                for name, content in uploads
            )
        except UploadRefused as refused:
            raise UserError(self._explain_upload(refused)) from refused

    @api.model
    def _get_upload_policy(self):
        # sudo: settings
        get = self.env["ir.config_parameter"].sudo().get_param
        default = UploadPolicy()
        mebibytes = int(get("crm_ext_portal.max_upload_mib") or 0)
        return UploadPolicy(
            int(get("crm_ext_portal.max_upload_files") or default.max_files),
            mebibytes * MEBIBYTE or default.max_bytes,
        )

    @api.model
    def _get_upload_help(self):
        policy = self._get_upload_policy()
        return self.env._(
            "At most %(files)s files of %(limit)s MB each: documents, images, logs, "
            "archives.",
            files=policy.max_files,
            limit=policy.max_bytes // MEBIBYTE,
        )

    @api.model
    def _explain_upload(self, refused):
        reasons = {
            "count": self.env._("Send %(limit)s files at most.", limit=refused.limit),
            "empty": self.env._("%(file)s is empty.", file=refused.name),
            "size": self.env._(
                "%(file)s is too large: %(limit)s MB at most.",
                file=refused.name,
                limit=refused.limit,
            ),
            "type": self.env._(
                "%(file)s: files of this type are not accepted. Send a document, an "
                "image, a log or an archive.",
                file=refused.name,
            ),
        }
        return reasons[refused.reason]
