from odoo import api, models


class CrmHooks(models.AbstractModel):
    """The newsletter's box of capture forms."""

    _inherit = "crm.hooks"

    @api.model
    def _capture_opt_in(self, post):
        res = super()._capture_opt_in(post)
        post._subscribe()
        return res
