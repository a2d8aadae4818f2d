from odoo import api, fields, models


class CrmCaseSubscription(models.Model):
    """The contract of a case, proposed from what the customer holds."""

    _inherit = "crm.case"

    crm_subscription_id = fields.Many2one(
        "crm.subscription",
        string="Contract",
        compute="_compute_crm_subscription_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', commercial_partner_id),"
        " ('state', 'in', ('running', 'paused'))]",
        help="Proposed: the running contract with this product, or the only one.",
    )

    @api.depends("commercial_partner_id", "product_id", "company_id")
    def _compute_crm_subscription_id(self):
        # sudo: which contract a customer holds, not what stands in it
        contracts = (
            self.env["crm.subscription"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "in", ("running", "paused")),
                ]
            )
        )
        held = contracts.grouped(
            lambda sub: (sub.commercial_partner_id, sub.company_id)
        )
        for case in self:
            own = held.get((case.commercial_partner_id, case.company_id), contracts[:0])
            case.crm_subscription_id = case._propose_contract(own)

    def _propose_contract(self, contracts):
        if self.product_id:
            with_product = contracts.filtered(
                lambda sub: self.product_id in sub.line_ids.product_id
            )
            contracts = with_product or contracts
            if len(with_product) > 1:
                contracts = with_product[:1]
        if self.crm_subscription_id in contracts:
            return self.crm_subscription_id
        return contracts if len(contracts) == 1 else contracts[:0]
