from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.privacy import HIDDEN

# tracked values of these say nothing of the person
FIGURES = (
    "stage_id", "team_id", "user_id", "lost_reason_id", "source_id", "medium_id",
    "campaign_id", "expected_revenue", "probability", "type", "priority", "state",
)  # fmt: skip


class CrmPrivacyEraser(models.AbstractModel):
    """The words around a person's records: messages, files, tasks, texts of others."""

    _inherit = "crm.privacy.eraser"

    # ------------------------------------------------------------------ threads
    def _find_messages(self, threads, partner_ids):
        conditions = [
            SQL("model = %s AND res_id IN %s", model, tuple(ids))
            for model, ids in threads.items()
        ]
        if partner_ids:
            conditions.append(SQL("author_id IN %s", tuple(partner_ids)))
        if not conditions:
            return []
        return self._read_ids(
            SQL(
                "SELECT id FROM mail_message WHERE %s",
                SQL(" OR ").join(SQL("(%s)", one) for one in conditions),
            )
        )

    def _find_mails(self, person):
        """The messages behind mails to an address of the person, not yet cleaned up."""
        pattern = person.mail_pattern()
        if not pattern:
            return []
        query = "SELECT mail_message_id FROM mail_mail WHERE email_to ~* %s"
        return self._read_ids(SQL(query, pattern))

    def _forget_threads(self, threads, messages):
        """The words of messages, mails, tasks and tracked values, and all files."""
        if messages:
            self._blank(
                "mail_message",
                ("subject", "body", "email_from", "reply_to", "incoming_email_to",
                 "incoming_email_cc", "outgoing_email_to"),
                messages,
            )  # fmt: skip
            mails = self._read_ids(
                SQL(
                    "SELECT id FROM mail_mail WHERE mail_message_id IN %s",
                    tuple(messages),
                )
            )
            self._blank(
                "mail_mail",
                ("email_to", "email_cc", "body_html", "headers", "references",
                 "failure_reason"),
                mails,
            )  # fmt: skip
            self._forget_tracked(messages)
        for model, ids in threads.items():
            self.env.cr.execute(
                SQL(
                    """UPDATE mail_activity SET summary = NULL, note = NULL,
                              feedback = NULL, res_name = NULL
                        WHERE res_model = %s AND res_id IN %s""",
                    model,
                    tuple(ids),
                )
            )
        self._delete_files(threads, messages)

    def _forget_tracked(self, messages):
        self.env.cr.execute(
            SQL(
                """UPDATE mail_tracking_value SET old_value_char = NULL,
                          new_value_char = NULL, old_value_text = NULL,
                          new_value_text = NULL
                    WHERE mail_message_id IN %s AND (field_id IS NULL OR field_id NOT IN
                          (SELECT id FROM ir_model_fields WHERE name IN %s))""",
                tuple(messages),
                FIGURES,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE mail_notification SET mail_email_address = NULL,
                          failure_reason = NULL WHERE mail_message_id IN %s""",
                tuple(messages),
            )
        )

    def _delete_files(self, threads, messages):
        domain = Domain.OR(
            Domain("res_model", "=", model) & Domain("res_id", "in", list(ids))
            for model, ids in threads.items()
        )
        if messages:
            domain |= Domain("res_model", "=", "mail.message") & Domain(
                "res_id", "in", messages
            )
        # sudo: files follow the records that are forgotten; images of cards included
        files = self.env["ir.attachment"].sudo()
        either = Domain("res_field", "=", False) | Domain("res_field", "!=", False)
        files.search(domain & either).unlink()

    # ------------------------------------------------------------------ texts
    def _sweep(self, found, person):
        """Hide what names the person in the texts left of its records."""
        pattern = person.pattern()
        for model, ids in found.items():
            if ids and pattern:
                self._hide(model, pattern, SQL("id IN %s", tuple(ids)), pattern)

    def _sweep_everywhere(self, person):
        """Hide the person in lists that only an address leads to."""
        asked = person.mail_pattern()
        if asked:
            for model in self.env["crm.hooks"]._privacy_swept():
                self._hide(model, person.pattern(), SQL("TRUE"), asked)

    def _hide(self, model, pattern, where, asked):
        records = self.env[model]
        texts = {
            field.name: field
            for field in records._fields.values()
            if field.store
            and field.column_type
            and field.column_type[0] in ("varchar", "text", "jsonb")
            and field.type in ("char", "text", "html", "json")
        }
        if not texts:
            return
        columns = [SQL.identifier(name) for name in texts]
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE %s AND concat_ws(' ', %s) ~* %s",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL(
                        "%s = regexp_replace(%s::text, %s, %s, 'gi')::%s",
                        column,
                        column,
                        pattern,
                        HIDDEN,
                        SQL(field.column_type[0]),
                    )
                    for column, field in zip(columns, texts.values(), strict=True)
                ),
                where,
                SQL(", ").join(SQL("%s::text", column) for column in columns),
                asked,
            )
        )
