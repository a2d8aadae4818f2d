"""Every screen behind a menu opens, in French and in English, without an error."""

import pytest
from support.browser import PICTURES
from support.rpc import Rpc

NAVBAR = ".o_main_navbar"
FAULT = ".o_error_dialog, .o_notification:has(.bg-danger)"
SETTLING = {"graph": 900}
OPEN = """async ([action, viewType, resId]) => {
    const {action: service} = odoo.__WOWL_DEBUG__.root.env.services;
    const props = resId ? {resId} : {};
    await service.doAction(action, {viewType, props, clearBreadcrumbs: true});
}"""


def _actions(admin):
    """The window actions that our menus open."""
    menus = admin(
        "ir.model.data",
        "search_read",
        [("model", "=", "ir.ui.menu"), ("module", "=like", "crm_ext_%")],
        ["res_id"],
    )
    rows = admin("ir.ui.menu", "read", [row["res_id"] for row in menus], ["action"])
    windows = {
        int(row["action"].split(",")[1])
        for row in rows
        if (row["action"] or "").startswith("ir.actions.act_window,")
    }
    fields = ["xml_id", "view_mode", "res_model"]
    actions = admin("ir.actions.act_window", "read", list(windows), fields)
    return sorted(actions, key=lambda action: action["xml_id"])


def _visits(admin, thorough):
    """(picture's name, action, view, record) of each screen to open.

    Thorough: each view of each action, and the form of a record where there is one.
    """
    for action in _actions(admin):
        views = action["view_mode"].split(",")
        shown = [view for view in views if view != "form"] or ["form"]
        for view in shown if thorough else shown[:1]:
            yield f"{action['xml_id']}-{view}", action["id"], view, False
        if thorough and "form" in views and shown != ["form"]:
            found = admin(action["res_model"], "search", [], limit=1)
            if found:
                yield f"{action['xml_id']}-record", action["id"], "form", found[0]


def _fault(page, action, view, record):
    """What goes wrong when a screen is opened, if anything."""
    try:
        page.evaluate(OPEN, [action, view, record])
        page.locator(f".o_{view}_view .o_content > *, {FAULT}").first.wait_for(
            timeout=20_000
        )
    except Exception as error:  # noqa: BLE001 collected, so that one run tells all
        return str(error)
    page.wait_for_timeout(SETTLING.get(view, 150))
    seen = page.locator(FAULT)
    return seen.first.inner_text()[:500] if seen.count() else None


@pytest.mark.parametrize("lang", ["fr_FR", "en_US"])
def test_every_screen_opens(demo, sign_in, lang):
    admin = Rpc(demo, "admin", "admin")
    admin("res.users", "write", [admin.uid], {"lang": lang})
    visits = list(_visits(admin, thorough=lang == "fr_FR"))
    assert len(visits) > (100 if lang == "fr_FR" else 30), visits
    screen = sign_in("admin")
    screen.page.wait_for_selector(NAVBAR)
    PICTURES.mkdir(parents=True, exist_ok=True)
    faults = []
    for name, *visit in visits:
        fault = _fault(screen.page, *visit)
        screen.page.screenshot(path=PICTURES / f"{lang}-{name.replace('.', '-')}.png")
        if fault:
            faults.append(f"{name}: {fault}")
            screen.page.reload()
            screen.page.wait_for_selector(NAVBAR)
    assert not faults, "\n".join(faults)
