import base64
import binascii

from odoo import models
from odoo.fields import Command, Datetime
from odoo.tools import plaintext2html
from odoo.tools.mimetypes import guess_mimetype

from ..tools.capture import (
    MAX_URL,
    CaptureError,
    origin_of,
    read_values,
)
from ..tools.uploads import MEBIBYTE, Upload, UploadPolicy, UploadRefused

POLICY = UploadPolicy(max_files=1, max_bytes=5 * MEBIBYTE)
# a field that people do not see: only programs fill it in
HONEYPOT = "homepage_url"


class CrmCaptureForm(models.Model):
    """What is posted: checked, written once, made a lead by the door of all leads."""

    _inherit = "crm.capture.form"

    def receive(self, key, posted, facts):
        """Take one post and make its lead, once for each key.

        :param str key: chosen by the sender, the same when it sends again
        :param dict posted: by field key; besides consent and tracking; a file is
            {"name", "data" in base64}
        :param dict facts: landing_page, referrer, origin, address, lang, cookies
        :return: the post; the same again when the key is known, with crm_replayed in
            its context
        :raises CaptureError: faults by field key
        """
        self.ensure_one()
        values = self._read_posted(posted)
        files = self._read_files(posted)
        # sudo: a visitor has no right on any record; the form decides what is written
        form = self.sudo()
        post, is_new = form.env["crm.capture.post"]._claim(
            form, key, form._prepare_post(values, posted, facts)
        )
        if not is_new:
            return post.with_context(crm_replayed=True)
        post._keep_files(files)
        if form.double_opt_in:
            post._send_opt_in()
        else:
            post._make_lead()
        return post

    # ------------------------------------------------------------------ reading
    def _read_posted(self, posted):
        region = self.company_id.country_id.code or "FR"
        specs = [field._to_spec() for field in self.field_ids]
        faults = {}
        try:
            values = read_values(specs, posted, region)
        except CaptureError as error:
            faults, values = error.faults, {}
        if self.consent_text and not posted.get("consent"):
            faults["consent"] = "required"
        if faults:
            raise CaptureError(faults)
        return values

    def _read_files(self, posted):
        field = self.field_ids.filtered(lambda one: one.kind == "file")
        sent = posted.get("file")
        if not field or not sent:
            if field.required:
                raise CaptureError({"file": "required"})
            return []
        try:
            content = base64.b64decode(sent["data"], validate=True)
            name = str(sent["name"])[:200]
            mimetype = guess_mimetype(content)
            POLICY.check([Upload(name, len(content), mimetype)])
        except (binascii.Error, KeyError, TypeError, ValueError) as error:
            raise CaptureError({"file": "not_file"}) from error
        except UploadRefused as error:
            raise CaptureError({"file": f"file_{error.reason}"}) from error
        return [(name, content)]

    def _prepare_post(self, values, posted, facts):
        now = Datetime.now()
        vals = {
            "values": values,
            "email": values.get("email_from"),
            "landing_page": (facts.get("landing_page") or "")[:MAX_URL],
            "referrer": (facts.get("referrer") or "")[:MAX_URL],
            "origin": facts.get("origin"),
            "address": facts.get("address"),
            "lang": facts.get("lang"),
        }
        if self.consent_text:
            vals |= {
                "consent_text": self.consent_text,
                "consent_version": self.consent_version,
                "consent_date": now,
            }
        if self.tracking_text and posted.get("tracking"):
            vals |= {"tracking_text": self.tracking_text, "tracking_date": now}
        return vals

    # ------------------------------------------------------------------ words
    def _explain_faults(self, faults):
        """{field key: what is wrong and what to enter}, in the visitor's language."""
        words = {
            "required": self.env._("Please fill this in."),
            "too_long": self.env._("This text is too long."),
            "not_email": self.env._("Enter an address such as name@company.com."),
            "not_phone": self.env._("Enter a phone number, with its country code."),
            "not_choice": self.env._("Choose one of the answers."),
            "file_size": self.env._("The file is larger than 5 MB."),
            "file_type": self.env._("This kind of file is not accepted."),
        }
        other = self.env._("This cannot be read.")
        return {key: words.get(code, other) for key, code in faults.items()}

    def _prepare_lead(self, post):
        """Values of the lead that a post makes."""
        values = dict(post.values or {})
        other = [
            f"{field.label}: {values[field._get_key()]}"
            for field in self.field_ids
            if field.target == "other" and values.get(field._get_key())
        ]
        text = "\n".join(filter(None, [values.get("description"), *other]))
        fields_of_lead = {
            field.target
            for field in self.field_ids
            if field.target not in ("other", "file", "description", "opt_in")
        }
        vals = {name: values[name] for name in fields_of_lead if values.get(name)}
        name = vals.pop("name", None) or (
            values.get("partner_name") or values.get("contact_name")
        )
        return (
            vals
            | self._get_sources(post.landing_page)
            | {
                "name": name or post.email or values.get("phone"),
                "type": "lead" if self._uses_leads() else "opportunity",
                "description": text and plaintext2html(text),
                "team_id": self.team_id.id,
                "user_id": self.user_id.id,
                "company_id": self.company_id.id,
                "referred": origin_of(post.landing_page or "") or post.origin,
                "tag_ids": [Command.set(self.tag_ids.ids)],
                "partner_id": self._find_contact(post).id,
                "crm_capture_form_id": self.id,
                "crm_landing_page": post.landing_page,
            }
        )

    def _find_contact(self, post):
        return self.env["crm.lead"]._crm_find_contact(post._get_sender())

    def _uses_leads(self):
        """Whether posts are leads: not asked of the visitor, who is in no group."""
        if self.team_id:
            return self.team_id.use_leads
        people = self.env.ref("base.group_user")
        return self.env.ref("crm.group_use_lead") in people.all_implied_ids

    def _get_definition(self):
        """What the script needs to draw the form, in the visitor's language."""
        self.ensure_one()
        return {
            "token": self.token,
            "url": self.page_url,
            "title": self.title or "",
            "button": self.button or self.env._("Send"),
            "consent": self.consent_text or "",
            "tracking": self.tracking_text or "",
            "trap": HONEYPOT,
            "download": self.env._("Download the document"),
            "thank_you": self.thank_you or self.env._("Thank you."),
            "confirm": self.env._(
                "Please click the link that we have just mailed you."
            ),
            "kept": self.env._(
                "The server does not answer. Your message is kept in this browser and "
                "sent again by itself; leave this page open."
            ),
            "refused": self.env._(
                "This could not be sent. Please try again in a minute."
            ),
            "fields": [
                {
                    "key": field._get_key(),
                    "kind": field.kind,
                    "label": field.label,
                    "required": field.required,
                    "choices": field._get_choices(),
                    "help": field.help_text or "",
                }
                for field in self.field_ids
            ],
        }
