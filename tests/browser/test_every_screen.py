"""Every screen behind a menu opens, in French and in English, without an error."""

import re

import pytest
from support.browser import Screen
from support.rpc import Rpc

OURS = re.compile(r"^crm_ext_")
READY = ".o_action_manager .o_view_controller, .o_action_manager .o_action"
FAULT = ".o_error_dialog, .o_notification.border-danger"


def _actions(admin):
    """(XML id, action id, view types) of each window action that our menus open."""
    menus = admin(
        "ir.model.data",
        "search_read",
        [("model", "=", "ir.ui.menu"), ("module", "=like", "crm_ext_%")],
        ["res_id"],
    )
    rows = admin("ir.ui.menu", "read", [row["res_id"] for row in menus], ["action"])
    ids = {row["action"] for row in rows if row["action"]}
    windows = [
        int(ref.split(",")[1])
        for ref in ids
        if ref.startswith("ir.actions.act_window,")
    ]
    return sorted(
        (row["xml_id"], row["id"], row["view_mode"].split(","))
        for row in admin(
            "ir.actions.act_window", "read", windows, ["xml_id", "view_mode"]
        )
    )


@pytest.mark.parametrize("lang", ["fr_FR", "en_US"])
def test_every_screen_opens(demo, browser, lang):
    admin = Rpc(demo, "admin", "admin")
    admin("res.users", "write", [admin.uid], {"lang": lang})
    screen = Screen(browser, demo).sign_in("admin", "admin")
    faults = []
    actions = _actions(admin)
    assert len(actions) > 15, actions
    for xml_id, action, views in actions:
        for view in views:
            if view == "form" and len(views) > 1:
                continue
            path = f"/odoo/action-{action}?view_type={view}"
            try:
                screen.open(path, READY)
                screen.page.wait_for_load_state("networkidle")
            except Exception as error:  # noqa: BLE001 collected, so that one run tells all
                faults.append(f"{xml_id} {view}: {error}")
                continue
            if screen.page.locator(FAULT).count():
                faults.append(f"{xml_id} {view}: {screen.page.inner_text(FAULT)[:300]}")
            screen.picture(f"{lang}-{xml_id.replace('.', '-')}-{view}")
    assert not faults, "\n".join(faults)
    assert not screen.errors, screen.errors
