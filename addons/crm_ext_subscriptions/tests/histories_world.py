"""What the random histories happen to: products, a meter, a tariff, a currency."""

from datetime import date
from types import SimpleNamespace

from odoo.fields import Command
from odoo.tests import new_test_user

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
    tariff, dearer = env["crm.usage.price"].create(
        [
            {
                "name": name,
                "allowance": allowance,
                "minimum": minimum,
                "tier_ids": [
                    Command.create({"up_to": up_to, "price_unit": price})
                    for up_to, price in tiers
                ],
            }
            for name, allowance, minimum in (("Appels", 20, 5), ("Appels plus", 0, 40))
        ]
    )
    return {
        "products": products,
        "francs": francs,
        "meter": meter,
        "tariff": tariff,
        "dearer": dearer,
    }


def make_world(env, suffix):
    """What the histories of a process happen to, kept in its database.

    :param suffix: of the users' logins, different in each process
    """

    def new_user(login, *groups):
        return new_test_user(
            env, f"{login}_{suffix}", groups=",".join(groups), lang="en_US"
        )

    company = env.company
    if company.chart_template != "fr":
        env["account.chart.template"].try_loading("fr", company, False)
    partners = env["res.partner"].create(
        [{"name": name, "country_id": company.country_id.id} for name in ("A", "B")]
    )
    return SimpleNamespace(
        env=env["base"].with_context(tracking_disable=True).env,
        seller=new_user("seller", "crm_ext_subscriptions.group_subscriptions_user"),
        accountant=new_user("accountant", "account.group_account_user"),
        partner=partners[0],
        other_partner=partners[1],
        **furnish(env),
    )
