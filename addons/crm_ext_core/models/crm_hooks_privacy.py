from odoo import api, models
from odoo.fields import Domain

from ..tools.hooks import BatchKind, PrivacySource
from ..tools.privacy import HIDDEN

ADDRESS = ("street", "street2", "zip", "city")
CONTACT_TOLD = (
    "name", "email", "phone", *ADDRESS, "function", "parent_id", "crm_birth_date",
    "crm_interest_ids", "crm_tag_ids", "crm_source_id", "lang", "create_date",
)  # fmt: skip
CONTACT_WORDS = (
    "email", "phone", *ADDRESS, "function", "website", "comment", "vat",
    "crm_birth_date", "company_name", "ref", "barcode",
)  # fmt: skip
LEAD_TOLD = (
    "name", "contact_name", "partner_name", "email_from", "phone", *ADDRESS,
    "function", "description", "source_id", "stage_id", "expected_revenue",
    "crm_score", "user_id", "create_date",
)  # fmt: skip
LEAD_WORDS = (
    "contact_name", "email_from", "email_cc", "phone", *ADDRESS, "function",
    "website", "description", "referred", "crm_landing_page", "crm_unknown_source",
    "crm_siret", "lead_properties",
)  # fmt: skip
POST_TOLD = (
    "date", "form_id", "email", "values", "landing_page", "referrer", "origin",
    "address", "consent_text", "consent_date", "confirmed_date", "tracking_date",
)  # fmt: skip
POST_WORDS = (
    "email", "values", "landing_page", "referrer", "address", "tracking_date",
)  # fmt: skip


def by_mail(field):
    """Find the records that carry an address of the person."""
    return lambda _env, person: Domain(field, "in", list(person.emails))


def by_partner(field="partner_id"):
    """Find the records that point to a contact of the person."""
    return lambda _env, person: Domain(field, "in", list(person.partner_ids))


def by_lead(field="lead_id"):
    """Find the records that point to a lead of the person."""
    return lambda _env, person: Domain(field, "in", list(person.lead_ids))


def either(*finds):
    """Find what any of these finds."""
    return lambda env, person: Domain.OR(find(env, person) for find in finds)


class CrmHooks(models.AbstractModel):
    """Where persons' data lies; addons that hold some call super() and add theirs."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "privacy": BatchKind(
                label=self.env._("Retention of personal data"),
                model="crm.privacy.rule",
                chunk=1,
            )
        }

    @api.model
    def _privacy_sources(self) -> dict[str, PrivacySource]:
        """Where data of a person lies."""
        return (
            self._privacy_cards()
            | self._privacy_meetings()
            | self._privacy_capture()
            | self._privacy_score()
            | self._privacy_funnel()
        )

    def _privacy_cards(self):
        env = self.env
        anonymous = {"name": env._("Anonymised %(id)s", id="%(id)s")}
        return {
            "contact": PrivacySource(
                label=env._("Contact"),
                model="res.partner",
                find=by_partner("id"),
                shown=CONTACT_TOLD,
                cleared=CONTACT_WORDS,
                fixed=anonymous,
            ),
            "lead": PrivacySource(
                label=env._("Lead"),
                model="crm.lead",
                find=by_lead("id"),
                shown=LEAD_TOLD,
                cleared=LEAD_WORDS,
                fixed=anonymous,
            ),
        }

    def _privacy_meetings(self):
        env = self.env
        return {
            "meeting": PrivacySource(
                label=env._("Meeting"),
                model="calendar.event",
                find=by_lead("opportunity_id"),
                shown=("name", "start", "stop", "description"),
                cleared=("description", "notes", "location"),
                fixed={"name": env._("Meeting")},
            ),
            "attendee": PrivacySource(
                label=env._("Attendance at a meeting"),
                model="calendar.attendee",
                find=by_partner(),
                shown=("event_id", "state"),
                cleared=("common_name",),
            ),
        }

    def _privacy_capture(self):
        env = self.env
        return {
            "post": PrivacySource(
                label=env._("Form posted"),
                model="crm.capture.post",
                find=either(by_mail("email"), by_lead()),
                shown=POST_TOLD,
                cleared=POST_WORDS,
                fixed={"state": "forgotten"},
            ),
            "visit": PrivacySource(
                label=env._("Visit of the website"),
                model="crm.capture.visit",
                find=either(by_partner(), by_lead()),
                shown=("date", "kind", "url"),
                cleared=("url",),
            ),
            "download": PrivacySource(
                label=env._("Document downloaded"),
                model="crm.download",
                find=either(by_partner(), by_lead()),
                shown=("date", "white_paper_id"),
            ),
        }

    def _privacy_score(self):
        env = self.env
        return {
            "score_event": PrivacySource(
                label=env._("Score event"),
                model="crm.score.event",
                find=by_lead(),
                shown=("date", "source"),
                fixed={"ref": "forgotten-%(id)s"},
            ),
            "score_entry": PrivacySource(
                label=env._("Contribution to the score"),
                model="crm.score.entry",
                find=by_lead(),
                shown=("date", "reason", "points"),
            ),
            "handover": PrivacySource(
                label=env._("Handover"),
                model="crm.qualification.firing",
                find=by_lead(),
                shown=("date", "reason", "user_id"),
                cleared=("reason",),
            ),
        }

    def _privacy_funnel(self):
        env = self.env
        return {
            "firing": PrivacySource(
                label=env._("Rule of the funnel that acted"),
                model="crm.funnel.firing",
                find=by_lead(),
                shown=("date", "rule_id", "reason"),
                cleared=("reason",),
            ),
            # to whom a message went; its kind and its date stay
            "effect": PrivacySource(
                label=env._("What a rule of the funnel did"),
                model="crm.funnel.effect",
                find=by_lead("firing_id.lead_id"),
                shown=("done",),
                fixed={"done": HIDDEN},
            ),
        }

    @api.model
    def _privacy_swept(self) -> tuple[str, ...]:
        """Models whose texts are searched for a person's addresses."""
        return (
            "crm.import.reject",
            "crm.import.run",
            "crm.batch.unit",
            "crm.batch.failure",
            "mail.mail",
        )
