"""Real input files, or the project's own samples of the same kinds; users for a live
server.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
CORE_SAMPLES = ROOT / "addons/crm_ext_core/tests/samples"
CAMPAIGN_SAMPLES = ROOT / "addons/crm_ext_campaigns/tests/samples"


def real_data(relative, samples):
    """The shared file of that name, or the addon's sample."""
    shared = SHARED / relative
    return shared if shared.exists() else samples / relative


FAIR_FILE = real_data("import/salon/leads_salon.csv", CORE_SAMPLES)
FAIR_EXPECTED = real_data("import/salon/expected.csv", CORE_SAMPLES)
BOUNCES = real_data("bounces", CAMPAIGN_SAMPLES)


def new_user(admin, login, groups, **values):
    """An internal user made by the administrator; the password is the login.

    :param groups: XML ids
    :return: (login, password)
    """
    ids = []
    for group in groups:
        module, name = group.split(".")
        ids += [
            row["res_id"]
            for row in admin(
                "ir.model.data",
                "search_read",
                [("module", "=", module), ("name", "=", name)],
                ["res_id"],
            )
        ]
    admin(
        "res.users",
        "create",
        {
            "name": values.pop("name", login.capitalize()),
            "login": login,
            "password": login,
            "email": f"{login}@ano.example",
            "group_ids": [(6, 0, ids)],
            **values,
        },
    )
    return login, login


def salesperson(admin, login="camille"):
    """A salesperson as the host knows one."""
    return new_user(admin, login, ["sales_team.group_sale_salesman"])
