from odoo import api, fields, models


class CrmSubscriptionLineVersion(models.Model):
    """The tariff is one of the terms: it changes by a dated version like the others."""

    _inherit = "crm.subscription.line.version"

    usage_price_id = fields.Many2one(
        "crm.usage.price",
        string="Tariff",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A version that does not name a tariff goes on with the one before it."""
        versions = super().create(vals_list)
        for version, vals in zip(versions, vals_list, strict=True):
            line = version.line_id
            if line.line_type == "usage" and "usage_price_id" not in vals:
                version.usage_price_id = version._get_tariff_before()
        return versions

    def _get_tariff_before(self):
        line = self.line_id
        known = line.version_ids.filtered(
            lambda it: (it.date_from, it.id) < (self.date_from, self.id)
        ).sorted(lambda it: (it.date_from, it.id))
        return known[-1:].usage_price_id if known else line.usage_price_id
