from odoo import fields, models


class ProductTemplate(models.Model):
    """The product form leads to the subscriptions that bill the product."""

    _inherit = "product.template"

    crm_subscription_count = fields.Integer(
        string="Subscriptions", compute="_compute_crm_subscription_count"
    )

    def _compute_crm_subscription_count(self):
        counts = {}
        for product, subscriptions in self.env["crm.subscription.line"]._read_group(
            [
                ("product_id.product_tmpl_id", "in", self.ids),
                ("subscription_id.state", "in", ("running", "paused")),
            ],
            ["product_id"],
            ["subscription_id:array_agg_distinct"],
        ):
            template = product.product_tmpl_id.id
            counts.setdefault(template, set()).update(subscriptions)
        for template in self:
            template.crm_subscription_count = len(counts.get(template.id, ()))

    def action_view_crm_subscriptions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_subscription_action"
        )
        products = [("line_ids.product_id.product_tmpl_id", "in", self.ids)]
        return action | {"domain": products, "context": {}}
