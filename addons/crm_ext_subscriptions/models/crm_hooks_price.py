from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import BatchKind


class CrmHooks(models.AbstractModel):
    """What price revisions plug into core: their long work."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "price_campaign": BatchKind(
                label=self.env._("Revision campaign"),
                model="crm.price.campaign",
                chunk=200,
            ),
            "price_revision": BatchKind(
                label=self.env._("Price revisions"),
                model="crm.price.revision",
                chunk=200,
            ),
            "price_letter": BatchKind(
                label=self.env._("Letters of price revision"),
                model="crm.price.revision",
                chunk=20,
            ),
            "price_simulation": BatchKind(
                label=self.env._("What if, on the whole book"),
                model="crm.price.simulation",
                chunk=1,
            ),
        }
