from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSubscriptionPlan(models.Model):
    """The tariff that the usage lines of a plan start from."""

    _inherit = "crm.subscription.plan"

    usage_price_id = fields.Many2one(
        "crm.usage.price",
        string="Tariff of usage",
        ondelete="restrict",
        index="btree_not_null",
        help="What new lines billed by usage take, where the currency is the same.",
    )

    @api.constrains("usage_price_id", "company_id")
    def _check_tariff_company(self):
        for plan in self:
            company = plan.usage_price_id.company_id
            if company and plan.company_id and company != plan.company_id:
                raise ValidationError(
                    self.env._(
                        "Tariff of usage: %(name)s belongs to another company.",
                        name=plan.usage_price_id.display_name,
                    )
                )

    def _get_tariff_for(self, line):
        """The plan's tariff where the line can be billed by it."""
        tariff = self.usage_price_id
        same = (tariff.company_id, tariff.currency_id) == (
            line.company_id,
            line.currency_id,
        )
        return tariff if same else tariff.browse()
