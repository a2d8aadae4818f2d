"""A customer reads and writes in the portal, at a desk and on a phone."""

import pytest
from steps import fits, message
from support.browser import DESKTOP, PHONE

CARDS = ("/my/cases", "/my/subscriptions", "/my/hours", "/my/invoices")
ANSWER = "les trois comptes sont créés"
NOTE = "Marge à vérifier"


@pytest.fixture(params=["desk", "phone"])
def screen(request, sign_in):
    """The customer's window, in both sizes; pictures are named after it."""
    window = sign_in("customer", PHONE if request.param == "phone" else DESKTOP)
    take = window.picture
    window.picture = lambda name: take(f"walk-customer-{request.param}-{name}")
    window.is_phone = request.param == "phone"
    return window


def test_home_leads_everywhere(screen):
    page = screen.open("/my", ".o_portal_docs")
    for path in CARDS:
        page.locator(f".o_portal_docs a[href^='{path}']:visible").first.wait_for()
    assert page.locator("a[href='/my/cases/new']:visible").count()
    assert fits(page)
    screen.picture("1-home")


def test_request_shows_the_answer_and_takes_a_comment(screen, tmp_path):
    page = screen.open("/my/cases", ".o_crm_portal_list")
    assert fits(page)
    screen.picture("2-requests")
    page.locator(".o_crm_portal_list a", has_text="Trois licences").click()
    message(page, ANSWER).wait_for()
    assert NOTE not in page.content()
    assert message(page, NOTE).count() == 0

    names = tmp_path / "arrivants.txt"
    names.write_text("Katell Briand\nMalo Prigent\nEnora Le Bihan\n")
    comment = f"Voici la liste, depuis mon {'mobile' if screen.is_phone else 'poste'}."
    page.locator(".o-mail-Composer-input").fill(comment)
    page.locator(".o-mail-Composer input[type=file]").set_input_files(names)
    page.locator(".o-mail-Composer .o-mail-AttachmentContainer").wait_for()
    page.locator(".o-mail-Composer-send").click()
    message(page, comment).wait_for()
    page.reload()
    sent = message(page, comment)
    sent.wait_for()
    assert names.name in sent.inner_text()
    assert fits(page)
    screen.picture("3-request")


def test_new_request_reaches_us(screen, tmp_path):
    page = screen.open("/my/cases/new", "#crm_subject")
    assert fits(page)
    screen.picture("4-new-request")
    subject = f"Scanner en panne ({'mobile' if screen.is_phone else 'poste'})"
    page.fill("#crm_subject", subject)
    page.fill("#crm_description", "Le scanner de l'accueil ne répond plus.")
    page.click(".o_crm_portal_form button[type=submit]")
    page.wait_for_selector(".alert-success")
    assert subject in page.inner_text("h3")
    page.goto(f"{screen.server.url}/my/cases")
    page.locator(".o_crm_portal_list a", has_text=subject).wait_for()


def test_subscription_explains_its_price_and_leads_to_invoices(screen):
    page = screen.open("/my/subscriptions", "a[href*='/my/subscriptions/']")
    assert fits(page)
    page.locator("table a[href*='/my/subscriptions/']").first.click()
    formula = page.locator(".o_crm_portal_formula").first
    formula.wait_for()
    assert "P0" in formula.inner_text()
    assert fits(page)
    screen.picture("5-subscription")
    page.locator("table a[href*='/my/invoices/']").first.click()
    invoice = page.frame_locator("iframe").locator("body")
    invoice.get_by_text("Maintenance applicative").first.wait_for()
    screen.picture("6-invoice")


def test_hours_tell_what_used_them(screen):
    page = screen.open("/my/hours", ".progress-bar")
    assert "16:00" in page.inner_text("#wrap")
    draws = page.locator("table a[href*='/my/cases/']")
    assert draws.count() >= 2
    assert fits(page)
    screen.picture("7-hours")
    draws.first.click()
    page.wait_for_selector(".o_crm_portal_facts")
