from odoo import api, models


class CrmCaseMail(models.Model):
    """Cases by mail: the team's address opens them, replies land on them.

    The customer follows his case, so that an answer (a comment) mails him once and a
    note mails nobody outside.
    """

    _inherit = "crm.case"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        # the gateway's user handles nothing: the case waits in the team's queue
        cases = self.with_context(default_user_id=False)
        author = self._find_or_create_sender(msg_dict)
        values = {
            "name": msg_dict.get("subject") or self.env._("No subject"),
            "partner_id": author.id,
            "channel": "mail",
        }
        return super(CrmCaseMail, cases).message_new(
            msg_dict, custom_values=values | (custom_values or {})
        )

    @api.model
    def _find_or_create_sender(self, msg_dict):
        """The contact with the sender's address; a stranger becomes a contact, so that
        he can be answered."""
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        if not author and msg_dict.get("email_from"):
            author = self.env["mail.thread"]._partner_find_from_emails_single(
                [msg_dict["email_from"]], no_create=False
            )
            msg_dict["author_id"] = author.id
        return author

    def message_update(self, msg_dict, update_vals=None):
        result = super().message_update(msg_dict, update_vals=update_vals)
        if self._is_from_customer(msg_dict):
            self._on_customer_reply()
        return result

    @api.model
    def _is_from_customer(self, msg_dict):
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        # sudo: the gateway's user may not read every contact
        return not author or author.sudo().partner_share

    def _on_customer_reply(self):
        """Whatever was closed or waited for the customer goes on."""
        self.filtered(
            lambda case: case.stage_kind in ("waiting", "closed")
        )._move_to_progress()

    def _creation_message(self):
        return self.env._("Case opened")

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Offer customers the portal's page only when an addon serves it."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self and not self._has_portal_page():
            for name, _is_member, values in groups:
                if name in ("portal_customer", "portal", "customer"):
                    values["has_button_access"] = False
        return groups

    @api.model
    def _has_portal_page(self):
        """Whether `access_url` leads somewhere: the portal has the cases' card."""
        # sudo: which pages exist, whoever asks
        cards = self.env["crm.hooks"].sudo()._portal_cards()
        return any(card.url == "/my/cases" for card in cards.values())

    def _notify_get_reply_to(self, default=None, author_id=False):
        # sudo: the team's address is no secret
        aliases = self.team_id.sudo()._notify_get_reply_to(
            default=default, author_id=author_id
        )
        return {case.id: aliases.get(case.team_id.id) for case in self}

    @api.model
    def create_from_message(self, message_id):
        """Turn a mail or call logged anywhere into a case, in one gesture.

        :param int message_id: a mail.message that the user can read
        :return: the action that opens the new case
        """
        message = self.env["mail.message"].browse(message_id)
        message.check_access("read")
        case = self.create(self._prepare_from_message(message))
        case.message_post(
            body=message.body,
            subject=message.subject,
            author_id=message.author_id.id,
            email_from=message.email_from,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            # sudo: the message is readable, hence its files too
            attachment_ids=message.sudo()
            .attachment_ids.copy({"res_model": self._name, "res_id": case.id})
            .ids,
        )
        return case.get_formview_action()

    @api.model
    def _prepare_from_message(self, message):
        return {
            "name": message.subject or message.record_name or self.env._("No subject"),
            "partner_id": message.author_id.id,
            "email_from": message.email_from,
            "channel": "mail" if message.message_type == "email" else "phone",
        }
