from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import PortalCard

ICONS = "/crm_ext_portal/static/src/img"


class CrmHooks(models.AbstractModel):
    """The cards of the portal's home page."""

    _inherit = "crm.hooks"

    @api.model
    def _portal_cards(self):
        cards = {
            "requests": PortalCard(
                title=self.env._("Requests"),
                text=self.env._("Follow your requests and our answers"),
                url="/my/cases",
                counter="crm_case_count",
                icon=f"{ICONS}/requests.svg",
                model="crm.case",
            ),
            "subscriptions": PortalCard(
                title=self.env._("Subscriptions"),
                text=self.env._("Services, next invoice and price revisions"),
                url="/my/subscriptions",
                counter="crm_subscription_count",
                icon=f"{ICONS}/subscriptions.svg",
                model="crm.subscription",
            ),
            "hours": PortalCard(
                title=self.env._("Hours"),
                text=self.env._("Hours bought, used and left"),
                url="/my/hours",
                counter="crm_hour_book_count",
                icon=f"{ICONS}/hours.svg",
                model="crm.hour.book",
            ),
        }
        # an employee without these rights opens the portal too
        readable = {
            code: card
            for code, card in cards.items()
            if self.env[card.model].has_access("read")
        }
        return super()._portal_cards() | readable
