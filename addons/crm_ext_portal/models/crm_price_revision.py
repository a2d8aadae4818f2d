from odoo import fields, models


class CrmPriceRevision(models.Model):
    """Customers see the figures by which a price was revised, once it is decided."""

    _name = "crm.price.revision"
    _inherit = ["crm.price.revision", "crm.portal.mixin"]

    _portal_fields = frozenset(
        {
            "line_id",
            "subscription_id",
            "partner_id",
            "company_id",
            "currency_id",
            "effective_date",
            "state",
            "p0",
            "p1",
            "s0",
            "s1",
            "s0_published_on",
            "s1_published_on",
            "link",
            "ratio",
            "coefficient",
            "ratio_percent",
            "price_percent",
        }
    )

    # it names the product, which customers may not read by themselves
    display_name = fields.Char(compute_sudo=True)
