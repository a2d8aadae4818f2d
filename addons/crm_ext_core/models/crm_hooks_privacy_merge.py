from odoo import api, models
from odoo.fields import Domain

from ..tools.hooks import PrivacySource

# columns of a merge that name nobody, and that its undo cannot do without
PLACE = ("active", "crm_merged_into_id")


def values_before(_env, person):
    """Find the values that merges of the person's leads replaced."""
    return (
        Domain("lead_id", "in", list(person.lead_ids))
        & Domain("kind", "=", "value")
        & Domain("field_name", "not in", PLACE)
    )


class CrmHooks(models.AbstractModel):
    """Merges of a person's leads keep the values that they replaced."""

    _inherit = "crm.hooks"

    @api.model
    def _privacy_sources(self):
        return super()._privacy_sources() | {
            "merge": PrivacySource(
                label=self.env._("Value replaced by a merge"),
                model="crm.lead.merge.reference",
                find=values_before,
                shown=("label", "change"),
                delete=True,
            ),
        }
