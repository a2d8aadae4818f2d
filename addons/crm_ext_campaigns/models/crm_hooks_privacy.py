from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_ext_core.models.crm_hooks_privacy import by_mail
from odoo.addons.crm_ext_core.tools.hooks import PrivacySource


class CrmHooks(models.AbstractModel):
    """Personal data of campaigns; the list of excluded addresses stays, so that nobody
    writes to them again."""

    _inherit = "crm.hooks"

    @api.model
    def _privacy_sources(self):
        env = self.env
        return super()._privacy_sources() | {
            "bounce": PrivacySource(
                label=env._("Returned mail"),
                model="crm.bounce",
                find=by_mail("email"),
                shown=("date", "email", "bounce_class", "diagnostic"),
                cleared=("diagnostic", "message_id"),
                fixed={"email": "forgotten-%(id)s"},
            ),
            "trace": PrivacySource(
                label=env._("Mailing received"),
                model="mailing.trace",
                find=by_mail("email"),
                shown=(
                    "mass_mailing_id",
                    "email",
                    "sent_datetime",
                    "open_datetime",
                    "links_click_datetime",
                    "trace_status",
                ),  # fmt: skip
                cleared=("email", "sms_number", "failure_reason"),
            ),
            "mailing_contact": PrivacySource(
                label=env._("Subscriber of mailing lists"),
                model="mailing.contact",
                find=by_mail("email_normalized"),
                shown=("name", "email", "company_name", "list_ids", "create_date"),
                cleared=("email", "first_name", "last_name", "company_name"),
                fixed={"name": env._("Anonymised %(id)s", id="%(id)s")},
            ),
        }

    @api.model
    def _privacy_recent(self, since):
        """Who clicked in a mailing was heard of."""
        return [
            *super()._privacy_recent(since),
            SQL(
                """SELECT CASE model WHEN 'res.partner' THEN res_id END,
                          CASE model WHEN 'crm.lead' THEN res_id END
                     FROM mailing_trace WHERE links_click_datetime >= %(since)s
                                           OR reply_datetime >= %(since)s""",
                since=since,
            ),
        ]

    @api.model
    def _privacy_recent_addresses(self, since):
        """Who subscribed to a list, or clicked or answered under that address."""
        return [
            *super()._privacy_recent_addresses(since),
            SQL(
                """SELECT contact.email_normalized FROM mailing_contact contact
                     JOIN mailing_subscription subscription
                       ON subscription.contact_id = contact.id
                    WHERE contact.email_normalized IS NOT NULL
                      AND subscription.opt_out IS NOT TRUE
                      AND GREATEST(contact.create_date, subscription.create_date)
                          >= %s""",
                since,
            ),
            SQL(
                """SELECT lower(email) FROM mailing_trace
                    WHERE email IS NOT NULL AND (links_click_datetime >= %(since)s
                                                 OR reply_datetime >= %(since)s)""",
                since=since,
            ),
        ]
