import email.policy
import logging

from odoo import api, models, tools

from ..tools.bounce import MailKind, classify

_logger = logging.getLogger(__name__)

# What the host's parsing raises on real returned mails; the verdict stands without it.
PARSING_ERRORS = (AttributeError, LookupError, TypeError, ValueError)


class MailThread(models.AbstractModel):
    """The gateway: every incoming mail is judged before the host routes it."""

    _inherit = "mail.thread"

    @api.model
    def _message_parse_extract_bounce(self, email_message, message_dict):
        verdict = classify(email_message.as_bytes(policy=email.policy.compat32))
        try:
            values = super()._message_parse_extract_bounce(email_message, message_dict)
        except PARSING_ERRORS:
            _logger.info("Odd returned mail %s", message_dict.get("message_id"))
            values = {"is_bounce": True}
        if verdict.kind is MailKind.BOUNCE:
            # what the verdict does not know, the host may have found in its records
            found = self._bounce_values(verdict).items()
            values |= {key: val for key, val in found if val or key not in values}
        elif values["is_bounce"] or verdict.kind is MailKind.COMPLAINT:
            # complaints, reading receipts and replies to the bounce address are not
            # returns: they are kept from documents and count for nobody
            values.update(self._no_bounce_values())
        if values["is_bounce"]:
            # only then: other keys of a mail that is routed reach message_post
            values["crm_verdict"] = verdict
        return values

    @api.model
    def _message_parse_extract_payload(
        self, message, message_dict, save_original=False
    ):
        try:
            return super()._message_parse_extract_payload(
                message, message_dict, save_original=save_original
            )
        except PARSING_ERRORS:
            if not message_dict.get("crm_verdict"):
                raise
            return {"body": message_dict["crm_verdict"].diagnostic, "attachments": []}

    @api.model
    def _bounce_values(self, verdict):
        message_ids = [verdict.original_message_id] * bool(verdict.original_message_id)
        bounced_email = tools.email_normalize(verdict.recipient)
        partners = self.env["res.partner"].sudo()  # as the host's own parsing does
        messages = self.env["mail.message"].sudo()
        return {
            "is_bounce": True,
            "bounced_email": bounced_email,
            "bounced_partner": partners.search(
                [("email_normalized", "=", bounced_email)]
            )
            if bounced_email
            else partners,
            "bounced_msg_ids": message_ids,
            "bounced_message": messages.search(
                [("message_id", "in", message_ids)], limit=1
            )
            if message_ids
            else messages,
        }

    @api.model
    def _no_bounce_values(self):
        return {
            "is_bounce": True,
            "bounced_email": False,
            "bounced_partner": self.env["res.partner"],
            "bounced_msg_ids": False,
            "bounced_message": self.env["mail.message"],
        }

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Let the host mark its records, then decide by the bounce's class.

        A warning that the server still tries marks nothing: nothing came back.
        """
        verdict = message_dict.get("crm_verdict")
        if not verdict:
            return super()._routing_handle_bounce(email_message, message_dict)
        if verdict.delayed:
            message_dict.update(self._no_bounce_values())
        # the host would exclude an address after five returns of any kind
        res = super(
            MailThread, self.with_context(crm_bounce_triage=True)
        )._routing_handle_bounce(email_message, message_dict)
        if verdict.kind in (MailKind.BOUNCE, MailKind.COMPLAINT):
            self.env["crm.bounce"]._record(verdict, message_dict["message_id"])
        return res
