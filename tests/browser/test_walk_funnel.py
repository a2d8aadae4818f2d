"""A salesperson tries the funnel on a card before moving it; the planner shows who is
late."""

from steps import expect_value, open_app


def test_dry_run_shows_what_would_happen_and_leaves_the_card_alone(sign_in):
    screen = sign_in("salesperson")
    page = screen.page
    open_app(page, "crm.crm_menu_root")
    card = page.locator(".o_kanban_record", has_text="mairie").first
    card.click()
    page.wait_for_selector(".o_form_view button[name='action_crm_funnel_try']")
    # the words beside a stage tell how long the card has stood there, and go on
    stage = ".o_statusbar_status .o_arrow_button_current"
    before = page.locator(stage).get_attribute("data-value")
    page.click("button[name='action_crm_funnel_try']")
    field = ".modal .o_field_widget[name='stage_id'] input"
    page.fill(field, "Propos")
    page.locator(".o-autocomplete--dropdown-item", has_text="Propos").first.click()
    page.click(".modal button[name='action_try']")
    rows = page.locator(".modal [name='line_ids'] .o_data_row")
    rows.first.wait_for()
    assert rows.count() >= 2, rows.all_inner_texts()
    expect_value(page, ".modal .o_data_row", "Relancer la proposition")
    screen.picture("walk-funnel-1-dry-run")
    page.click(".modal .modal-footer button[special='cancel'], .modal .btn-close")
    page.wait_for_selector(".modal", state="detached")
    page.reload()
    page.wait_for_selector(stage)
    assert page.locator(stage).get_attribute("data-value") == before


def test_planner_shows_overdue_activities_by_person(sign_in):
    screen = sign_in("salesmanager")
    page = screen.page
    open_app(
        page,
        "crm_ext_core.menu_root",
        "crm_ext_core.menu_planner",
        "crm_ext_core.menu_planner_overdue",
    )
    groups = page.locator(".o_list_view .o_group_header")
    groups.first.wait_for()
    assert groups.count() >= 2, groups.all_inner_texts()
    screen.picture("walk-funnel-2-overdue-by-person")
