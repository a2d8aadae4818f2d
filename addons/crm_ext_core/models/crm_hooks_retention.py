from odoo import api, models
from odoo.tools import SQL

# the host's own contacts: the public visitor, the robot, the model of portal users
OWN = ("public_partner", "partner_root", "template_portal_user_id_res_partner")
SPOKEN = ("email", "comment", "email_outgoing", "sms")


class CrmHooks(models.AbstractModel):
    """Who must not be forgotten, and who was heard of lately, as queries; addons that
    know more call super() and add theirs."""

    _inherit = "crm.hooks"

    @api.model
    def _privacy_protected(self) -> list[SQL]:
        """Queries of the contacts whose data the law or a contract makes us keep; what
        holds for one holds for its whole company."""
        queries = [
            SQL("SELECT partner_id FROM res_users WHERE share IS NOT TRUE"),
            SQL(
                """SELECT res_id FROM ir_model_data WHERE model = 'res.partner'
                      AND module = 'base' AND name IN %s""",
                OWN,
            ),
            SQL("SELECT partner_id FROM res_company"),
            SQL(
                """SELECT partner_id FROM crm_lead
                    WHERE won_status = 'won' AND partner_id IS NOT NULL"""
            ),
        ]
        if "account.move" in self.env:
            queries.append(
                SQL("SELECT partner_id FROM account_move WHERE partner_id IS NOT NULL")
            )
        if "sale.order" in self.env:
            queries.append(
                SQL("SELECT partner_id FROM sale_order WHERE state = 'sale'")
            )
        return queries

    @api.model
    def _privacy_recent(self, since) -> list[SQL]:
        """Queries of (contact id, lead id) met, written to or heard of since."""
        return [
            *self._recent_words(since),
            *self._recent_facts(since),
            *self._recent_meetings(since),
        ]

    @api.model
    def _privacy_recent_addresses(self, since) -> list[SQL]:
        """Queries of the addresses, in lower case, that were heard of since and may be
        no contact's and no lead's."""
        return [
            SQL(
                """SELECT lower(email) FROM crm_capture_post
                    WHERE date >= %s AND email IS NOT NULL""",
                since,
            )
        ]

    def _recent_words(self, since):
        return [
            SQL(
                """SELECT CASE model WHEN 'res.partner' THEN res_id END,
                          CASE model WHEN 'crm.lead' THEN res_id END
                     FROM mail_message WHERE model IN ('res.partner', 'crm.lead')
                      AND date >= %s AND message_type IN %s""",
                since,
                SPOKEN,
            ),
            SQL(
                """SELECT author_id, NULL::int FROM mail_message
                    WHERE author_id IS NOT NULL AND date >= %s
                      AND message_type IN %s""",
                since,
                SPOKEN,
            ),
        ]

    def _recent_facts(self, since):
        queries = [
            SQL(
                """SELECT partner_id, id FROM crm_lead
                    WHERE GREATEST(create_date, date_conversion, date_closed) >= %s""",
                since,
            )
        ]
        for table, columns in (
            ("crm_score_event", "NULL::int, lead_id"),
            ("crm_capture_post", "NULL::int, lead_id"),
            ("crm_capture_visit", "partner_id, lead_id"),
            ("crm_download", "partner_id, lead_id"),
        ):
            queries.append(
                SQL(
                    "SELECT %s FROM %s WHERE date >= %s",
                    SQL(columns),
                    SQL.identifier(table),
                    since,
                )
            )
        if "sale.order" in self.env:
            queries.append(
                SQL(
                    """SELECT partner_id, NULL::int FROM sale_order
                        WHERE date_order >= %s""",
                    since,
                )
            )
        return queries

    def _recent_meetings(self, since):
        return [
            SQL(
                """SELECT CASE res_model WHEN 'res.partner' THEN res_id END,
                          CASE res_model WHEN 'crm.lead' THEN res_id END
                     FROM mail_activity WHERE res_model IN ('res.partner', 'crm.lead')
                      AND GREATEST(date_deadline, date_done) >= %s""",
                since,
            ),
            SQL(
                """SELECT attendee.partner_id, event.opportunity_id
                     FROM calendar_event event
                     LEFT JOIN calendar_attendee attendee
                            ON attendee.event_id = event.id
                    WHERE event.start >= %s""",
                since,
            ),
        ]
