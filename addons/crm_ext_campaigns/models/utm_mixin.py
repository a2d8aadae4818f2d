from odoo import api, models


class UtmMixin(models.AbstractModel):
    _inherit = "utm.mixin"

    @api.model
    def _get_unique_names(self, model_name, names):
        # sudo: identifiers are unique over all companies, and the rule on campaigns
        # hides those of the others
        return super(UtmMixin, self.sudo())._get_unique_names(model_name, names)
