"""A service agent picks from the queue, answers, logs time, closes and reopens."""

import pytest
from steps import expect_value, fits, message, open_app, write
from support.browser import PHONE
from support.rpc import Rpc

HOURS_LEFT = "button[name='action_open_books'] .o_stat_value"


def _pick(page, title):
    """Pick a case by its card's big button; the case opens."""
    card = page.locator(".o_kanban_record", has_text=title)
    button = card.locator("button.o_crm_queue_pick")
    button.wait_for()
    assert button.bounding_box()["width"] > 0.8 * card.bounding_box()["width"]
    button.click()
    page.locator(".o_form_view", has=page.locator("[name='work_entry_ids']")).or_(
        page.locator(".o_form_view .o_notebook")
    ).first.wait_for()


def _log_time(page, hours, description):
    """Add a line of time and save it."""
    page.click(".o_notebook a[name='work']")
    lines = page.locator("[name='work_entry_ids']")
    lines.locator(".o_field_x2many_list_row_add a").click()
    row = lines.locator("tr.o_selected_row")
    row.locator("[name='description'] input").fill(description)
    row.locator("[name='hours'] input").fill(hours)
    page.click(".o_form_button_save")
    lines.locator(".o_data_row", has_text=description).wait_for()


@pytest.fixture
def case(demo):
    """A case of a customer with a full hour book, as the agent's clients see it."""
    agent = Rpc(demo, "agent", "agent")
    found = agent(
        "crm.case",
        "search_read",
        [("name", "=like", "Imprimantes%")],
        ["name", "customer_hours_left"],
    )
    return found[0]


def test_pick_answer_log_close_reopen(sign_in, case):
    screen = sign_in("agent")
    page = screen.page
    open_app(page, "crm_ext_service.menu_root")
    page.wait_for_selector("button.o_crm_queue_pick")
    screen.picture("walk-agent-1-my-queue")
    _pick(page, case["name"])
    expect_value(page, ".o_form_view [name='user_id']", "Maëlle|")
    before = page.locator(HOURS_LEFT).inner_text()
    assert before == "16:00"

    write(page, "Note", "Le commutateur du quai 3 a perdu son VLAN.")
    write(page, "Envoyer message", "Bonjour, les imprimantes répondent de nouveau.")
    assert "o-mail-Message" in message(page, "VLAN").get_attribute("class")
    screen.picture("walk-agent-2-note-and-answer")

    _log_time(page, "0:30", "Remise en ligne des imprimantes")
    screen.picture("walk-agent-3-time")
    page.click("button[name='action_close']")
    page.wait_for_selector("button[name='action_reopen']")
    expect_value(page, HOURS_LEFT, "15:30")
    screen.picture("walk-agent-4-closed")

    page.click("button[name='action_reopen']")
    page.wait_for_selector("button[name='action_close']")
    expect_value(page, HOURS_LEFT, "16:00")
    open_app(
        page,
        "crm_ext_service.menu_root",
        "crm_ext_service.menu_queues",
        "crm_ext_service.menu_my_queue",
    )
    page.wait_for_selector("button.o_crm_queue_pick")
    assert case["name"] not in page.inner_text(".o_kanban_view")


def test_queue_on_a_phone(sign_in):
    screen = sign_in("agent", PHONE)
    page = screen.open("/odoo/my-queue", "button.o_crm_queue_pick")
    assert fits(page)
    screen.picture("walk-agent-5-phone-queue")
    _pick(page, "Accès VPN refusé")
    assert fits(page)
    screen.picture("walk-agent-6-phone-case")
    _log_time(page, "0:15", "Certificat renouvelé")
    assert fits(page)
    screen.picture("walk-agent-7-phone-time")
