from odoo import api, fields, models


class CrmSubscriptionLineVersion(models.Model):
    """New terms are known to the MRR ledger from the moment of their entry."""

    _inherit = "crm.subscription.line.version"

    known_at = fields.Datetime(
        string="Known since",
        copy=False,
        readonly=True,
        help="When the MRR ledger took these terms in.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        versions.subscription_id._take_in_mrr()
        return versions
