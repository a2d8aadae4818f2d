from odoo import fields, models
from odoo.fields import Domain


class CrmCriteriaMixin(models.AbstractModel):
    """A group of criteria, the heir's `criterion_ids`: all of them, or one of them."""

    _name = "crm.criteria.mixin"
    _description = "Group of criteria"

    match = fields.Selection(
        [("all", "All of them"), ("any", "At least one of them")],
        string="Criteria that must hold",
        default="all",
        required=True,
    )

    def _get_group_domain(self, model):
        domains = [line._get_domain(model) for line in self.criterion_ids if line.code]
        if not domains:
            return Domain.TRUE
        return Domain.AND(domains) if self.match == "all" else Domain.OR(domains)
