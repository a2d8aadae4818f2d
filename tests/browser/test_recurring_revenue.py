"""A manager reads the recurring revenue and clicks through to what is behind."""

import pytest
from steps import fits, open_app
from support.browser import DESKTOP, PHONE

ROOT = "crm_ext_subscriptions.menu_root"
MENUS = (
    "crm_ext_subscriptions.menu_reporting",
    "crm_ext_subscriptions.menu_mrr_report",
)
PAGE = ".o_crm_mrr_page"


def _number(text):
    """The number that a French screen shows."""
    return float("".join(c for c in text if c.isdigit() or c in ",-").replace(",", "."))


def _tile(page, code):
    return page.locator(f"[data-figure='{code}'] .o_crm_mrr_value")


def test_figures_lead_to_their_lists(sign_in):
    screen = sign_in("admin")
    page = screen.page
    open_app(page, ROOT, *MENUS)
    page.wait_for_selector(PAGE)
    page.wait_for_selector(f"{PAGE} canvas")
    mrr = _number(_tile(page, "mrr").inner_text())
    assert mrr > 0
    assert _number(_tile(page, "arr").inner_text()) == pytest.approx(12 * mrr)
    closing = page.locator("[data-step='closing'] .o_crm_mrr_amount")
    assert _number(closing.inner_text()) == mrr
    screen.picture("recurring-revenue-1-page")

    page.click("[data-figure='mrr']")
    page.wait_for_selector(".o_list_view .o_group_header")
    total = page.locator(".o_list_view tfoot .o_list_number").first
    assert _number(total.inner_text()) == pytest.approx(mrr, abs=0.01)
    screen.picture("recurring-revenue-2-moves")

    page.go_back()
    page.wait_for_selector(PAGE)
    page.locator(".o_crm_mrr_cell").first.click()
    page.wait_for_selector(".o_list_view .o_data_row")
    screen.picture("recurring-revenue-3-cohort")


def test_what_is_known_on_a_day_is_worked_out_as_one_chooses(sign_in):
    screen = sign_in("admin")
    page = screen.open("/odoo/crm-recurring-revenue", PAGE)
    before = _tile(page, "mrr").inner_text()
    page.fill("[name='known_on'] input", "01/01/2001")
    page.keyboard.press("Tab")
    page.wait_for_function(
        "before => document.querySelector(\"[data-figure='mrr'] .o_crm_mrr_value\")"
        ".innerText !== before",
        arg=before,
    )
    assert _number(_tile(page, "mrr").inner_text()) == 0
    assert _tile(page, "churn").inner_text() == "-"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_fits(sign_in, size):
    screen = sign_in("salesmanager", size)
    page = screen.open("/odoo/crm-recurring-revenue", PAGE)
    assert fits(page)
    screen.picture(f"recurring-revenue-4-{'phone' if size == PHONE else 'desk'}")
