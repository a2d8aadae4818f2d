"""A salesperson finds hot leads, sees why they are hot, and imports a fair's list."""

import csv
import re

from steps import expect_value, open_app
from support.data import FAIR_EXPECTED, FAIR_FILE

GAUGE = ".o_field_gauge canvas, .o_field_gauge .o_gauge"
PROFILE = ".o_field_widget[name='profile_id'] input"
OUTCOMES = {"create": "created_count", "reject": "reject_count"}


def test_hot_lead_tells_its_score_and_handover(sign_in):
    screen = sign_in("salesperson")
    page = screen.page
    open_app(page, "crm_ext_core.menu_root")
    page.wait_for_selector(".o_list_view .o_data_row")
    scores = [
        int(re.match(r"\s*(\d+)", cell)[1])
        for cell in page.locator(".o_data_row [name='crm_score']").all_inner_texts()
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] >= 70, scores
    screen.picture("walk-salesperson-1-leads-by-score")

    row = page.locator(".o_data_row", has_text="Camille").first
    score = int(
        re.match(r"\s*(\d+)", row.locator("td[name='crm_score']").inner_text())[1]
    )
    row.locator("td[name='name']").click()
    page.wait_for_selector(".o_form_view .o_notebook")
    page.click(".o_notebook a[name='crm_score']")
    page.locator(GAUGE).first.wait_for()
    reasons = page.locator("[name='crm_score_entry_ids'] .o_data_row")
    assert reasons.count() >= 2
    points = [
        float(re.search(r"[+-][\d.,]+", text)[0].replace(",", "."))
        for text in reasons.all_inner_texts()
    ]
    # points that fade have a decimal, the score has none
    assert abs(sum(points) - score) <= 0.5
    assert page.locator("[name='crm_firing_ids'] .o_data_row").count() == 1
    expect_value(page, ".o-mail-Activity, .o-mail-ActivityList", "Piste qualifiée")
    screen.picture("walk-salesperson-2-score-of-a-lead")


def test_fair_file_is_checked_imported_and_gives_its_rejects_back(sign_in, tmp_path):
    with FAIR_EXPECTED.open(encoding="utf-8") as file:
        expected = [row["outcome"] for row in csv.DictReader(file)]
    screen = sign_in("salesperson")
    page = screen.page
    open_app(
        page,
        "crm_ext_core.menu_root",
        "crm_ext_core.menu_import",
        "crm_ext_core.menu_import_run",
    )
    # the list of leads, shown until then, has a New button of its own
    page.wait_for_url("**/crm-imports")
    page.click(".o_control_panel .o-kanban-button-new, .o_list_button_add")
    page.wait_for_selector(PROFILE)
    page.fill(PROFILE, "salon")
    page.locator(".o-autocomplete--dropdown-item", has_text="salon").first.click()
    page.set_input_files(".o_field_widget[name='file'] input[type=file]", FAIR_FILE)
    page.click("button[name='action_check']")
    page.wait_for_selector("[name='preview_html'] table")
    screen.picture("walk-salesperson-3-import-checked")
    assert page.locator(".o_form_view [name='lead_count']").count() == 0

    page.click("button[name='action_start']")
    # the screen reads itself again until the lanes are done
    page.wait_for_selector("[name='state'] .o_arrow_button_current[data-value='done']")
    for outcome, field in OUTCOMES.items():
        shown = page.locator(f".o_field_widget[name='{field}']").first.inner_text()
        assert int(shown) == expected.count(outcome), field
    screen.picture("walk-salesperson-4-import-done")

    with page.expect_download() as download:
        page.click("button[name='action_download_rejects']")
    rejects = tmp_path / download.value.suggested_filename
    download.value.save_as(rejects)
    rows = rejects.read_bytes().splitlines()
    assert len(rows) >= expected.count("reject") + 1
