from odoo import models
from odoo.fields import Command


class CrmCapturePost(models.Model):
    """Who ticked the newsletter's box joins the form's mailing lists."""

    _inherit = "crm.capture.post"

    def _subscribe(self):
        """Subscribe the address to the lists, once each; a new consent lifts an
        earlier opt-out of the list, never an exclusion of the address."""
        self.ensure_one()
        lists = self.form_id.mailing_list_ids
        address = self.email
        if not (lists and address):
            return
        contacts = self.env["mailing.contact"]
        contact = contacts.search([("email_normalized", "=", address)], limit=1)
        contact = contact or contacts.create(
            {
                "name": (self.values or {}).get("contact_name") or address,
                "email": address,
            }
        )
        known = contact.subscription_ids.filtered(lambda one: one.list_id in lists)
        known.filtered("opt_out").write({"opt_out": False})
        contact.write(
            {
                "subscription_ids": [
                    Command.create({"list_id": one.id}) for one in lists - known.list_id
                ]
            }
        )
