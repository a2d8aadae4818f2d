from odoo import api, models
from odoo.fields import Domain

from ..tools.import_lookup import Lookup

# by which fields a column names its records, surest first
NAMES = {
    "customer": ("res.partner", ("ref", "vat", "email", "name")),
    "invoice_address": ("res.partner", ("ref", "vat", "email", "name")),
    "salesperson": ("res.users", ("login", "email")),
    "plan": ("crm.subscription.plan", ("name",)),
    "payment_term": ("account.payment.term", ("name",)),
    "currency": ("res.currency", ("name",)),
    "product": ("product.product", ("default_code", "barcode", "name")),
    "meter": ("crm.usage.meter", ("code", "name")),
    "tariff": ("crm.usage.price", ("name",)),
}


class CrmSubscriptionImportLookup(models.AbstractModel):
    """Finds what a file names, by a few queries whatever its number of rows."""

    _name = "crm.subscription.import.lookup"
    _description = "Names in files of subscriptions"

    @api.model
    def _load(self, rows):
        lookup = Lookup()
        for column, (model, names) in NAMES.items():
            texts = {str(row.values[column]) for row in rows if row.values.get(column)}
            if not texts:
                continue
            records = self._search(model, names, texts)
            for name in names:
                lookup.add(
                    column,
                    [(record[name], record.id) for record in records if record[name]],
                )
        return lookup

    def _search(self, model, names, texts):
        company = self.env.company
        records = self.env[model].with_company(company)
        domain = Domain.OR(Domain(name, "in", list(texts)) for name in names)
        if "company_id" in records._fields:
            domain &= Domain("company_id", "in", (False, company.id))
        return records.search(domain)
