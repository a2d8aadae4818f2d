from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CrmPortal(CustomerPortal):
    """The portal's home page shows the cards that addons hand to core."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        return values | request.env["crm.hooks"]._count_portal_cards(counters)

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        cards = request.env["crm.hooks"]._portal_cards()
        return values | {"crm_portal_cards": list(cards.values())}
