from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_ext_core.tools.hooks import SegmentCriterion

# the fields by which a subscriber of a mailing list is told to be that record
ADDRESSES = {
    "res.partner": ("email_normalized",),
    "crm.lead": ("email_normalized", "partner_id.email_normalized"),
}


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
                domains={name: _traced(name, "open_datetime") for name in ADDRESSES},
            ),
            "mailing_clicked": SegmentCriterion(
                label=env._("Link of a newsletter clicked"),
                group=group,
                inputs=("records", "days"),
                comodel="mailing.mailing",
                domains={
                    name: _traced(name, "links_click_datetime") for name in ADDRESSES
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
    """The records to whom a mailing was sent and who opened it, or clicked: sent to
    the record itself, or to its address as a subscriber of a mailing list."""

    def terms(env, value):
        traced = Domain(
            [
                ("mass_mailing_id", "in", list(value.ids)),
                (moment, "!=", False),
            ]
        )
        if value.days:
            traced &= Domain(moment, ">=", f"today -{value.days}d")
        # sudo: whether somebody read a newsletter is told of records one may read
        traces = env["mailing.trace"].sudo()
        mailed = traces._search(traced & Domain("model", "=", name))
        listed = traces._search(
            traced & Domain("model", "=", "mailing.contact") & Domain("email", "!=", "")
        )
        domain = Domain("id", "in", mailed.subselect("res_id"))
        for path in ADDRESSES[name]:
            domain |= Domain(path, "in", listed.subselect("email"))
        return domain

    return terms
