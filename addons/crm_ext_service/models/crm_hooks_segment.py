from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_ext_core.tools.hooks import SegmentCriterion

PEOPLE = "res.partner"


class CrmHooks(models.AbstractModel):
    """The criteria of segments on the customer's cases."""

    _inherit = "crm.hooks"

    @api.model
    def _segment_criteria(self):
        path = "commercial_partner_id.crm_case_ids.number"
        return super()._segment_criteria() | {
            "cases_open": SegmentCriterion(
                label=self.env._("Number of open cases"),
                group=self.env._("Service"),
                inputs=("range",),
                domains={PEOPLE: _has_open_cases},
                paths={PEOPLE: path, "crm.lead": f"partner_id.{path}"},
            ),
        }


def _has_open_cases(env, value):
    """The companies with so many open cases, counted in one query."""
    bounds = ((">=", value.low), ("<=", value.high))
    having = [("__count", operator, bound) for operator, bound in bounds if bound]
    counts = env["crm.case"]._read_group(
        [("is_closed", "=", False)],
        ["commercial_partner_id"],
        ["__count"],
        having=having,
    )
    companies = [partner.id for partner, _number in counts if partner]
    busy = Domain("commercial_partner_id", "in", companies)
    if value.low:
        return busy
    nobody = ~Domain("commercial_partner_id.crm_case_ids.is_closed", "=", False)
    return busy | nobody
