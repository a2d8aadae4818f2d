from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_ext_core.tools.hooks import SegmentCriterion

MODELS = ("res.partner", "crm.lead")


class CrmHooks(models.AbstractModel):
    """What campaigns know of addresses and of who read what."""

    _inherit = "crm.hooks"

    @api.model
    def _segment_criteria(self):
        env = self.env
        group = env._("Behaviour")
        return super()._segment_criteria() | {
            "mailing_opened": SegmentCriterion(
                label=env._("Newsletter read"),
                group=group,
                inputs=("records", "days"),
                comodel="mailing.mailing",
                domains={name: _traced(name, "open_datetime") for name in MODELS},
            ),
            "mailing_clicked": SegmentCriterion(
                label=env._("Link of a newsletter clicked"),
                group=group,
                inputs=("records", "days"),
                comodel="mailing.mailing",
                domains={
                    name: _traced(name, "links_click_datetime") for name in MODELS
                },
            ),
        }

    @api.model
    def _mail_bounce_domain(self, model):
        """A returned mail counts until the address was allowed again."""
        # sudo: the state of an address is shown to whoever sees the record
        returned = (
            self.env["crm.bounce"]
            .sudo()
            ._search([("kind", "=", "return"), ("is_cleared", "=", False)])
        )
        return super()._mail_bounce_domain(model) | Domain(
            "email_normalized", "in", returned.subselect("email")
        )


def _traced(name, moment):
    """The records to whom a mailing was sent and who opened it, or clicked."""

    def terms(env, value):
        traced = [
            ("mass_mailing_id", "in", list(value.ids)),
            ("model", "=", name),
            (moment, "!=", False),
        ]
        if value.days:
            traced.append((moment, ">=", f"today -{value.days}d"))
        # sudo: whether somebody read a newsletter is told of records one may read
        traces = env["mailing.trace"].sudo()._search(traced)
        return Domain("id", "in", traces.subselect("res_id"))

    return terms
