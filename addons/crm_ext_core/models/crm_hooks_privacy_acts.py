from odoo import api, models
from odoo.fields import Domain

from ..tools.hooks import PrivacySource
from .crm_hooks_privacy import by_lead

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
    """What the product itself did to a person's leads, told with names and addresses:
    merges keep the values they replaced, rules of the funnel say whom they wrote to."""

    _inherit = "crm.hooks"

    @api.model
    def _privacy_sources(self):
        env = self.env
        return super()._privacy_sources() | {
            "merge": PrivacySource(
                label=env._("Value replaced by a merge"),
                model="crm.lead.merge.reference",
                find=values_before,
                shown=("label", "change"),
                delete=True,
            ),
            "funnel": PrivacySource(
                label=env._("Act of a funnel rule"),
                model="crm.funnel.effect",
                find=by_lead("firing_id.lead_id"),
                shown=("done",),
                fixed={"done": env._("Anonymised %(id)s", id="%(id)s")},
            ),
            "firing": PrivacySource(
                label=env._("Funnel firing"),
                model="crm.funnel.firing",
                find=by_lead(),
                shown=("date", "rule_id", "reason"),
                cleared=("reason",),
            ),
        }
