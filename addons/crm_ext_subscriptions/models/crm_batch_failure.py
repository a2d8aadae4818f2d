from odoo import api, fields, models


class CrmBatchFailure(models.Model):
    """What a billing run could not bill has an owner, and opens its subscription."""

    _inherit = "crm.batch.failure"

    crm_owner_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        index="btree_not_null",
        help="Of the subscription that could not be billed.",
    )

    @api.model
    def _record(self, run, error, unit=None):
        failure = super()._record(run, error, unit)
        if unit and run.kind == "billing":
            subscriptions = self.env["crm.subscription"]._from_units(unit)
            # sudo: the queue writes its own failures
            failure.sudo().crm_owner_id = subscriptions.user_id[:1]
        return failure

    def action_open_crm_subscriptions(self):
        """The subscriptions that wait: one, or those that share an invoice."""
        self.ensure_one()
        self.check_access("read")
        # sudo: which ones; they open under the reader's own rights
        ids = self.sudo().unit_id.payload or []
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_subscription_action"
        )
        if len(ids) == 1:
            return action | {"res_id": ids[0], "views": [(False, "form")]}
        return action | {"domain": [("id", "in", ids)]}
