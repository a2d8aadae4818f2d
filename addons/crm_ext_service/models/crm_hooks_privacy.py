from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_ext_core.models.crm_hooks_privacy import (
    by_partner,
    either,
)
from odoo.addons.crm_ext_core.tools.hooks import PrivacySource


def by_sender(_env, person):
    """Find what was written from an address of the person."""
    return Domain.OR(Domain("email_from", "ilike", mail) for mail in person.emails)


class CrmHooks(models.AbstractModel):
    """Personal data of cases, and who asked for help lately."""

    _inherit = "crm.hooks"

    @api.model
    def _privacy_sources(self):
        env = self.env
        return super()._privacy_sources() | {
            "case": PrivacySource(
                label=env._("Case"),
                model="crm.case",
                find=either(by_partner(), by_sender),
                shown=(
                    "number",
                    "name",
                    "description",
                    "email_from",
                    "phone",
                    "opened_at",
                    "stage_id",
                ),  # fmt: skip
                cleared=("email_from", "email_cc", "phone", "description"),
                fixed={"name": env._("Anonymised %(id)s", id="%(id)s")},
            )
        }

    @api.model
    def _privacy_recent(self, since):
        return [
            *super()._privacy_recent(since),
            SQL(
                "SELECT partner_id, NULL::int FROM crm_case WHERE create_date >= %s",
                since,
            ),
        ]
