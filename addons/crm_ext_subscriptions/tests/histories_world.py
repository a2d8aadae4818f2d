"""What the random histories happen to: products, a meter, a tariff, a currency."""

from datetime import date

from odoo.fields import Command

RATE_DAY = date(2020, 1, 1)


def furnish(env):
    """Make it once a database; gives the names that a history asks its case for."""
    tax = env.company.account_sale_tax_id
    included = tax.copy(
        {"name": "TVA incluse", "price_include_override": "tax_included"}
    )
    products = env["product.product"].create(
        [
            {"name": "Maintenance", "taxes_id": [Command.set(tax.ids)]},
            {"name": "Module", "list_price": 12.34},
            {"name": "Poste", "taxes_id": [Command.set(included.ids)]},
        ]
    )
    francs = env.ref("base.CHF")
    francs.active = True
    env["res.currency.rate"].create(
        {"currency_id": francs.id, "name": RATE_DAY, "rate": 0.94}
    )
    meter = env["crm.usage.meter"].create(
        {"name": "Appels", "code": "appels", "tz": "Europe/Paris"}
    )
    tiers = [(100, 0.10), (500, 0.08), (0, 0.05)]
    tariff = env["crm.usage.price"].create(
        {
            "name": "Appels",
            "allowance": 20,
            "minimum": 5,
            "tier_ids": [
                Command.create({"up_to": up_to, "price_unit": price})
                for up_to, price in tiers
            ],
        }
    )
    return {"products": products, "francs": francs, "meter": meter, "tariff": tariff}
