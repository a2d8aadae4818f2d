from odoo import models
from odoo.fields import Datetime


class CrmCapturePost(models.Model):
    """A post becomes a lead, or goes to the open lead of the same person."""

    _inherit = "crm.capture.post"

    def _make_lead(self):
        """Make the lead of one post, unless it is made already."""
        self.ensure_one()
        if self.lead_id:
            return self.lead_id
        form = self.form_id
        lead, is_new = self.env["crm.lead"]._crm_receive(
            self._get_sender(),
            self._create_lead,
            form.duplicate_rule,
            ("form", self.date, f"post-{self.id}"),
        )
        if not is_new:
            lead._crm_tell_again(self._to_text())
        self.write({"lead_id": lead.id, "state": "done" if is_new else "joined"})
        self._get_files().write({"res_model": "crm.lead", "res_id": lead.id})
        return lead

    def _create_lead(self):
        vals = self.form_id._prepare_lead(self)
        # anybody may post a customer's address: what we know of the contact stays
        leads = self.env["crm.lead"].with_context(
            default_type=vals["type"],
            mail_create_nosubscribe=True,
            crm_contact_as_is=True,
        )
        return leads.create(vals)

    def _get_sender(self):
        """Who posted, as values of a lead."""
        return {
            "email_from": self.email,
            "phone": (self.values or {}).get("phone"),
            "company_id": self.company_id.id,
        }

    def _to_text(self):
        """The post as lines, for the lead that is open already."""
        lines = [
            f"{field.label}: {self.values[field._get_key()]}"
            for field in self.form_id.field_ids
            if (self.values or {}).get(field._get_key())
        ]
        text = self.env._("Wrote again by the form %(form)s", form=self.form_id.name)
        return "\n".join([text, *lines])

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
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
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
