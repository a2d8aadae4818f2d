from odoo import api, models


class MailActivity(models.Model):
    """A task may wait in a team's queue instead of being assigned: nobody is mailed."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "crm.queue.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("crm_queue_id"):
                vals["user_id"] = False
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("crm_queue_id"):
            vals = vals | {"user_id": False}
        result = super().write(vals)
        if vals.get("active") is False:
            self._queue_done()
        return result

    @api.onchange("crm_queue_id")
    def _onchange_crm_queue_id(self):
        if self.crm_queue_id:
            self.user_id = False

    def action_create_case(self):
        """Turn a call or task into a case about the same person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New case"),
            "res_model": "crm.case",
            "view_mode": "form",
            "context": self._prepare_case_context(),
        }

    def _prepare_case_context(self):
        return {
            "default_name": self.summary or self.res_name,
            "default_description": self.note,
            "default_partner_id": self._get_queue_partner().id,
            "default_user_id": self.env.uid,
            "default_channel": "phone",
        }

    def _queue_tracked_fields(self):
        return super()._queue_tracked_fields() | {"summary"}

    def _prepare_queue_item_values(self):
        parts = [self.display_name, self.res_name]
        return super()._prepare_queue_item_values() | {
            "name": " - ".join(part for part in parts if part),
            "partner_id": self._get_queue_partner().id,
        }

    def _get_queue_partner(self):
        """The customer of the record that the activity is about."""
        if not self.res_model or not self.res_id:
            return self.env["res.partner"]
        # sudo: the customer's name stands on the item, whoever may see the record
        record = self.env[self.res_model].sudo().browse(self.res_id)
        if record._name == "res.partner":
            return record.sudo(False)
        return record._mail_get_partners()[record.id][:1].sudo(False)

    def _get_queue_access_action(self):
        return self.action_open_document()
