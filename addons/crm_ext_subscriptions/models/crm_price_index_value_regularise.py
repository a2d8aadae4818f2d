from odoo import api, models

from .crm_price_revision_batch import IMMEDIATE


class CrmPriceIndexValue(models.Model):
    """A value that comes after prices were made with another one of its period."""

    _inherit = "crm.price.index.value"

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values._propose_regularisations()
        return values

    def _propose_regularisations(self):
        """Propose, and nothing more, what these values change of prices in force."""
        revisions = self.env["crm.price.revision"]._find_resting_on(self)
        if not revisions:
            return
        if len(revisions) > IMMEDIATE:
            revisions.sudo(False)._enqueue_step(
                "regularise", index_ids=self.index_id.ids
            )
        elif proposals := revisions._regularise():
            proposals.value_ids.index_id._ask_regularisation()
