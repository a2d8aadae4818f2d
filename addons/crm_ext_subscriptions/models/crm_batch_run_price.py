from odoo import fields, models


class CrmBatchRun(models.Model):
    """The runs of a revision campaign: its steps, with their progress and failures."""

    _inherit = "crm.batch.run"

    price_campaign_id = fields.Many2one(
        "crm.price.campaign",
        string="Revision campaign",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )

    def _set_price_campaign(self, campaign):
        # sudo: the queue's tables belong to the mechanism; whoever started the run may
        # say what for
        self.sudo().price_campaign_id = campaign

    def _crm_action_open(self):
        """The run's own screen."""
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "view_mode": "form",
        }
