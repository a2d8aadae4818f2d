"""A salesperson is asked on the phone: what will I pay at 2 %, at 4 %?"""

from steps import expect_value, fits
from support.browser import PHONE

SUMMARY = ".o_field_widget[name='summary']"
CHART = ".o_field_widget[name='chart'] canvas"
PRICES = "[name='price_ids'] .o_data_row"


def test_what_a_customer_will_pay(sign_in):
    screen = sign_in("salesperson")
    page = screen.page
    screen.open("/odoo/crm-index-clauses", ".o_data_row")
    page.locator(".o_data_row td[name='formula']").first.click()
    page.locator("button[name='action_simulate']").first.click()
    page.wait_for_selector(f"{SUMMARY} table")
    page.locator(CHART).wait_for()
    assert page.locator(f"{SUMMARY} thead th").count() == 5
    assert page.locator(PRICES).count() >= 4
    screen.picture("walk-simulator-1-one-subscription")

    page.locator(f"{PRICES} td[name='p1']").first.click()
    expect_value(page, ".modal .o_field_widget[name='proof']", "S1")
    screen.picture("walk-simulator-2-proof")


def test_the_whole_book_fits_a_phone(sign_in):
    screen = sign_in("salesperson", PHONE)
    page = screen.page
    screen.open("/odoo/crm-price-what-if", ".o_form_view [name='scenario_ids']")
    button = page.locator("button[name='action_simulate']:visible")
    if not button.count():
        page.locator(".o_cp_action_menus button, .o_statusbar_buttons button").click()
    button.first.click()
    page.wait_for_selector(f"{SUMMARY} table")
    assert fits(page)
    screen.picture("walk-simulator-3-book-on-a-phone")
