"""One thin line through the whole product, played from outside on real input.

Nothing is typed into the database: a trade-fair file, mails at the gateway, XML-RPC
calls as the right users (docs/rpc.md), pages over HTTP. The steps build on each other.
"""

import base64
import os
import xmlrpc.client

import pytest
from story import Story, mail, returned_mail
from story_steps import (
    PNG,
    alias,
    check_invoice,
    check_records,
    check_reject_file,
    comment_with_file,
    enter_subscription,
    expected,
    pages,
    portal_user,
    send_letter,
)
from support.data import FAIR_FILE

FEBRUARY_2015 = "2015-02-01"


@pytest.fixture(scope="module")
def story():
    with Story() as played:
        yield played


# ------------------------------------------------------------- 1. the trade fair's file
def test_1_the_fair_file_ends_row_by_row_as_expected(story):
    camille = story.camille
    content = base64.b64encode(FAIR_FILE.read_bytes()).decode()
    run = camille(
        "crm.import.run",
        "create",
        {
            "profile_id": story.ref("crm_ext_core.import_profile_trade_fair"),
            "filename": FAIR_FILE.name,
            "file": content,
        },
    )
    camille("crm.import.run", "action_preview", [run])
    camille("crm.import.run", "action_start", [run])
    camille.wait("crm.import.run", run, "state", ["done"])
    rows = camille(
        "crm.import.row",
        "search_read",
        [("run_id", "=", run)],
        ["number", "outcome", "reason", "lead_id", "contact_id", "partner_company_id"],
    )
    rejects = camille(
        "crm.import.reject", "search_read", [("run_id", "=", run)], ["number", "reason"]
    )
    found = {row["number"]: (row["outcome"], row["reason"] or "") for row in rows}
    found |= {row["number"]: ("reject", row["reason"]) for row in rejects}
    wanted = expected()
    assert found == {n: (row["outcome"], row["reason"]) for n, row in wanted.items()}
    made = {row["number"]: row for row in rows if row["outcome"] == "create"}
    check_records(story.herve, made, wanted)
    check_reject_file(camille, run, len(rejects))
    story.leads = {n: row["lead_id"][0] for n, row in made.items()}
    story.contacts = {n: row["contact_id"][0] for n, row in made.items()}
    story.companies = {n: row["partner_company_id"][0] for n, row in made.items()}


# ------------------------------------------------------------- 2. points and hand-over
def test_2_a_lead_is_scored_and_handed_over_with_the_reason(story):
    camille, herve = story.camille, story.herve
    fields = ["crm_score", "user_id"]
    leads = herve("crm.lead", "read", list(story.leads.values()), fields)
    hot = [lead for lead in leads if lead["crm_score"] >= 70]
    assert hot, "no lead of the fair reached the threshold"
    assert all(lead["user_id"] for lead in hot)
    assert not any(lead["user_id"] for lead in leads if lead["crm_score"] < 70)
    mine = [lead["id"] for lead in hot if lead["user_id"][0] == camille.uid]
    breakdown = camille("crm.lead", "get_crm_score", [mine[0]])
    assert breakdown["score"] == 70
    assert sorted(entry["points"] for entry in breakdown["contributions"]) == [30, 40]
    assert len(breakdown["handovers"]) == 1
    (activity,) = camille(
        "mail.activity",
        "search_read",
        [("res_model", "=", "crm.lead"), ("res_id", "=", mine[0])],
        ["user_id", "summary", "note"],
    )
    assert activity["user_id"][0] == camille.uid
    assert "70" in f"{activity['summary']} {activity['note']}"


# ------------------------------------------------------------- 3. a campaign and its
# bounces


def test_3_only_the_hard_bounce_is_left_out_of_the_next_letter(story):
    numbers = sorted(story.contacts)[:5]
    contacts = [story.contacts[number] for number in numbers]
    emails = [expected()[number]["email"] for number in numbers]
    segment = story.solene(
        "crm.segment",
        "create",
        {
            "name": "Salon 2026",
            "res_model": "res.partner",
            "domain": repr([("id", "in", contacts)]),
        },
    )
    story.campaign = story.solene(
        "utm.campaign",
        "create",
        {"title": "Suites du salon", "crm_segment_id": segment},
    )
    first = send_letter(story, "Merci de votre visite")
    sent = {m["To"].addresses[0].addr_spec: str(m["Message-Id"]) for m in first}
    assert len(first) == len(sent)
    assert sorted(sent) == sorted(emails)
    for kind, address in zip(("hard", "soft", "spam"), emails, strict=False):
        story.gateway(returned_mail(kind, address, sent[address]))
    bounces = story.solene(
        "crm.bounce",
        "search_read",
        [("email", "in", emails)],
        ["email", "bounce_class"],
    )
    found = {row["email"]: row["bounce_class"] for row in bounces}
    assert found == dict(zip(emails, ("hard", "soft", "spam"), strict=False))
    second = send_letter(story, "Notre offre")
    again = sorted(message["To"].addresses[0].addr_spec for message in second)
    assert again == sorted(emails[1:])


# ------------------------------------------------------------- 4. an indexed invoice
def test_4_a_subscription_is_revised_to_502_44_and_billed_once(story):
    gwen, nolwenn = story.gwen, story.nolwenn
    number = sorted(story.companies)[0]
    story.customer, story.contact = story.companies[number], story.contacts[number]
    story.email = expected()[number]["email"]
    subscription, index = enter_subscription(story)
    gwen("crm.subscription", "action_confirm", [subscription])
    nolwenn("crm.price.index", "action_verify", [index])
    (revision,) = gwen(
        "crm.subscription", "revise_price", [subscription], FEBRUARY_2015
    )
    proof = gwen.read_one("crm.price.revision", revision, "p0", "s0", "s1", "p1")
    assert (proof["p0"], proof["s0"], proof["s1"], proof["p1"]) == (
        500,
        245.6,
        246.8,
        502.44,
    )
    gwen("crm.price.revision", "action_approve", [revision])
    gwen("crm.price.revision", "action_apply", [revision])
    story.subscription = subscription
    moves = nolwenn("crm.subscription", "bill_until", [subscription], FEBRUARY_2015)
    check_invoice(story, moves)
    assert (
        nolwenn("crm.subscription", "bill_until", [subscription], FEBRUARY_2015) == []
    )
    mine = [("partner_id", "=", story.customer)]
    assert nolwenn("account.move", "search_count", mine) == len(moves)


@pytest.mark.skipif(os.environ.get("NO_PDF") == "1", reason="NO_PDF=1")
def test_4_the_invoice_prints(story):
    accountant = story.visitor("nolwenn")
    answer = accountant.get(f"/report/pdf/account.report_invoice/{story.invoice}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert len(answer.content) > 10_000


# ------------------------------------------------------------- 5. a mail becomes a case
def test_5_a_mail_becomes_a_case_that_one_agent_picks(story):
    maelle, ronan = story.maelle, story.ronan
    story.book = story.chef(
        "crm.hour.book", "create", {"partner_id": story.customer, "hours_bought": 10}
    )
    story.case = story.gateway(
        mail(story.email, alias(story), "Imprimante en panne", "Elle ne répond plus.")
    )
    (item,) = maelle(
        "crm.queue.item",
        "search",
        [("res_model", "=", "crm.case"), ("res_id", "=", story.case)],
    )
    maelle("crm.queue.item", "action_pick", [item])
    with pytest.raises(xmlrpc.client.Fault, match="Maelle"):
        ronan("crm.queue.item", "action_pick", [item])
    case = maelle.read_one("crm.case", story.case, "partner_id", "user_id", "name")
    assert case["partner_id"][0] == story.contact
    assert case["user_id"][0] == maelle.uid
    assert case["name"] == "Imprimante en panne"


def test_5_a_note_mails_nobody_and_an_answer_mails_the_customer_once(story):
    maelle = story.maelle
    before = len(story.sink.to(story.email))
    everybody = len(story.sink.messages)
    maelle(
        "crm.case", "message_post", [story.case],
        body="Il ne paie jamais.", message_type="comment", subtype_xmlid="mail.mt_note",
    )  # fmt: skip
    story.run_cron("mail.ir_cron_mail_scheduler_action")
    assert len(story.sink.messages) == everybody
    maelle(
        "crm.case", "message_post", [story.case],
        body="Redémarrez-la, merci.",
        message_type="comment", subtype_xmlid="mail.mt_comment",
    )  # fmt: skip
    story.run_cron("mail.ir_cron_mail_scheduler_action")
    answers = story.sink.to(story.email)[before:]
    assert len(answers) == 1
    assert "Redémarrez-la" in answers[0].get_body(("html", "plain")).get_content()


def test_5_closing_takes_half_an_hour_and_reopening_gives_it_back(story):
    maelle = story.maelle
    maelle(
        "crm.work.entry",
        "create",
        {"case_id": story.case, "hours": 0.5, "description": "Diagnostic"},
    )
    maelle("crm.case", "action_close", [story.case])
    assert story.hours_left() == 9.5
    maelle("crm.case", "action_reopen", [story.case])
    assert story.hours_left() == 10
    maelle("crm.case", "action_close", [story.case])


# ------------------------------------------------------------- 6. the portal
def test_6_the_customer_reads_the_answer_and_not_the_note(story):
    story.customer_page = customer = portal_user(story, "cliente", story.contact)
    page = customer.get(f"/my/cases/{story.case}")
    assert page.status_code == 200
    assert "Imprimante en panne" in page.text
    thread = {"thread_model": "crm.case", "thread_id": story.case}
    messages = str(customer.json("/mail/chatter_fetch", **thread))
    assert "09:30" in customer.get("/my/hours").text
    assert "Redémarrez-la" in messages
    assert "Il ne paie jamais" not in messages


def test_6_the_customer_comments_with_an_attachment(story):
    customer = story.customer_page
    comment_with_file(story, customer, "Elle marche, merci.", PNG)
    (message,) = story.maelle(
        "mail.message",
        "search_read",
        [
            ("model", "=", "crm.case"),
            ("res_id", "=", story.case),
            ("body", "ilike", "marche"),
        ],
        ["author_id", "attachment_ids"],
    )
    assert message["author_id"][0] == story.contact
    assert len(message["attachment_ids"]) == 1
    shown = customer.json(
        "/mail/chatter_fetch", thread_model="crm.case", thread_id=story.case
    )
    (file,) = shown["data"]["mail.message"][0]["attachment_ids"]
    link = f"/web/content/{file['id']}?access_token={file['raw_access_token']}"
    assert customer.get(link).content == PNG
    story.attachment = file["id"]


def test_6_the_customer_sees_subscription_invoice_and_hours(story):
    customer = story.customer_page
    for path in pages(story):
        assert customer.get(path).status_code == 200, path
    assert "502" in customer.get(f"/my/subscriptions/{story.subscription}").text
    # the comment has reopened the case, and the half hour is given back
    assert "10:00" in customer.get("/my/hours").text


def test_6_a_stranger_sees_none_of_it(story):
    other = next(
        contact for number, contact in sorted(story.contacts.items(), reverse=True)
        if story.companies[number] != story.customer
    )  # fmt: skip
    stranger = portal_user(story, "etrangere", other)
    for visitor in (stranger, story.visitor()):
        for path in (*pages(story), f"/web/content/{story.attachment}"):
            answer = visitor.get(path)
            refused = answer.status_code in (403, 404) or answer.url.split("?")[
                0
            ].endswith(("/my", "/web/login"))
            assert refused, f"{path}: {answer.status_code} {answer.url}"
            assert "Imprimante en panne" not in answer.text
    assert "Imprimante" not in stranger.get("/my/cases").text
    assert "10:00" not in stranger.get("/my/hours").text
