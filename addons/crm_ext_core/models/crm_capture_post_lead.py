from odoo import models
from odoo.fields import Datetime, Domain
from odoo.tools import plaintext2html


class CrmCapturePost(models.Model):
    """A post becomes a lead, or goes to the open lead of the same person."""

    _inherit = "crm.capture.post"

    def _make_lead(self):
        """Make the lead of one post, unless it is made already."""
        self.ensure_one()
        if self.lead_id:
            return self.lead_id
        form = self.form_id
        lead = form.duplicate_rule == "join" and self._find_open_lead()
        state = "joined" if lead else "done"
        if lead:
            self._tell_again(lead)
        else:
            lead = self._create_lead()
        self.write({"lead_id": lead.id, "state": state})
        self._get_files().write({"res_model": "crm.lead", "res_id": lead.id})
        self._log_event(lead)
        return lead

    def _create_lead(self):
        vals = self.form_id._prepare_lead(self)
        leads = self.env["crm.lead"].with_context(
            default_type=vals["type"], mail_create_nosubscribe=True
        )
        return leads.create(vals)

    def _find_open_lead(self):
        """The youngest open lead of the same address, of the same company."""
        address = self.email
        if not address:
            return self.env["crm.lead"]
        return self.env["crm.lead"].search(
            Domain("email_normalized", "=", address)
            & Domain("won_status", "=", "pending")
            & Domain("company_id", "in", [False, self.company_id.id]),
            limit=1,
            order="id desc",
        )

    def _find_contact(self):
        """The contact of that address that this company may see."""
        address = self.email
        if not address:
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            [
                ("email_normalized", "=", address),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=1,
            order="is_company, id",
        )

    def _tell_again(self, lead):
        """The post as a message on the lead that is open already."""
        lines = [
            f"{field.label}: {self.values[field._get_key()]}"
            for field in self.form_id.field_ids
            if (self.values or {}).get(field._get_key())
        ]
        text = self.env._("Wrote again by the form %(form)s", form=self.form_id.name)
        lead.message_post(
            body=plaintext2html("\n".join([text, *lines])),
            subtype_xmlid="mail.mt_note",
            author_id=lead.partner_id.id or self.env.ref("base.partner_root").id,
        )

    def _log_event(self, lead):
        self.env["crm.score.event"]._log(
            "form", [(lead.id, self.date, f"post-{self.id}")]
        )

    # ------------------------------------------------------------------ files
    def _keep_files(self, files):
        self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content in files
            ]
        )

    def _get_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )

    # ------------------------------------------------------------------ opt-in
    def _send_opt_in(self):
        """Mail the link that confirms; nothing else happens before it is clicked."""
        template = self.env.ref("crm_ext_core.mail_template_capture_opt_in")
        template.send_mail(self.id)

    def confirm_opt_in(self, token):
        """Make the lead of a post that its sender confirmed; again does nothing.

        :param str token: from the mail
        :return: whether the link is good
        """
        if not self._is_opt_in_token(token):
            return False
        # sudo: who holds the link of a mail may follow it, once
        post = self.sudo()
        if post.state == "waiting":
            post.confirmed_date = Datetime.now()
            post._make_lead()
        return True
