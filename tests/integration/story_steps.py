"""Parts of the story that are no news: checks row by row, set-up of a step."""

import base64
import csv

from support.data import FAIR_EXPECTED
from support.rpc import csrf_of

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FEBRUARY_2014 = "2014-02-01"


def expected():
    with FAIR_EXPECTED.open(encoding="utf-8") as rows:
        return {int(row["row"]): row for row in csv.DictReader(rows)}


def check_records(camille, made, wanted):
    leads = camille(
        "crm.lead",
        "read",
        [row["lead_id"][0] for row in made.values()],
        ["expected_revenue", "crm_first_contact_date", "partner_id", "source_id"],
    )
    contacts = camille(
        "res.partner",
        "read",
        [row["contact_id"][0] for row in made.values()],
        ["name", "email", "phone", "parent_id"],
    )
    by_lead = {lead["id"]: lead for lead in leads}
    by_contact = {contact["id"]: contact for contact in contacts}
    for number, row in made.items():
        lead, contact = by_lead[row["lead_id"][0]], by_contact[row["contact_id"][0]]
        assert lead["partner_id"][0] == contact["id"]
        assert contact["parent_id"][0] == row["partner_company_id"][0]
        got = (
            contact["name"], contact["email"], contact["phone"],
            lead["expected_revenue"], lead["crm_first_contact_date"] or "",
        )  # fmt: skip
        want = wanted[number]
        assert got == (
            want["contact"], want["email"], want["phone_e164"] or False,
            float(want["budget"] or 0), want["date"],
        ), number  # fmt: skip
        assert lead["source_id"]


def check_reject_file(camille, run, rejected):
    row = camille.read_one("crm.import.run", run, "reject_file", "reject_count")
    text = base64.b64decode(row["reject_file"]).decode("cp1252")
    lines = list(csv.reader(text.splitlines(keepends=True), delimiter=";"))
    assert row["reject_count"] == rejected
    assert len(lines) == rejected + 1


def send_letter(story, subject):
    solene = story.solene
    action = solene("utm.campaign", "action_crm_prepare_mailing", [story.campaign])
    mailing = action["res_id"]
    body = {"subject": subject, "body_html": "<p>Bonjour</p>"}
    solene("mailing.mailing", "write", [mailing], body)
    solene("mailing.mailing", "action_launch", [mailing])
    story.run_cron("mass_mailing.ir_cron_mass_mailing_queue")
    story.run_cron("mail.ir_cron_mail_scheduler_action")
    solene.wait("mailing.mailing", mailing, "state", ["done"])
    return [
        message for _envelope, message in story.sink.messages
        if message["Subject"] == subject
    ]  # fmt: skip


def check_invoice(story, moves):
    lines = story.nolwenn(
        "account.move.line",
        "search_read",
        [("move_id", "in", moves), ("display_type", "=", "product")],
        ["price_subtotal", "account_id", "tax_ids", "parent_state", "move_id"],
    )
    assert sorted(line["price_subtotal"] for line in lines) == [500.0, 502.44]
    assert all(line["parent_state"] == "posted" for line in lines)
    assert all(
        line["account_id"][1].startswith("70") and line["tax_ids"] for line in lines
    )
    story.invoice = lines[-1]["move_id"][0]
    invoice = story.nolwenn.read_one(
        "account.move", story.invoice, "name", "move_type", "journal_id"
    )
    assert invoice["move_type"] == "out_invoice"
    assert invoice["name"] != "/"


def alias(story):
    team = story.admin.read_one(
        "crm.case.team", story.team, "alias_email", "alias_full_name"
    )
    return team["alias_email"] or team["alias_full_name"]


def portal_user(story, login, partner):
    story.admin(
        "res.users",
        "create",
        {
            "login": login,
            "password": login,
            "partner_id": partner,
            "group_ids": [(6, 0, [story.ref("base.group_portal")])],
        },
    )
    return story.visitor(login)


def pages(story):
    return (
        f"/my/cases/{story.case}",
        f"/my/subscriptions/{story.subscription}",
        f"/my/invoices/{story.invoice}",
        f"/my/invoices/{story.invoice}?report_type=pdf",
    )


def enter_subscription(story):
    """Gwen enters 500 EUR a year from February 2014 under a SYNTEC clause."""
    product = story.admin(
        "product.product",
        "create",
        {"name": "Maintenance applicative", "type": "service", "list_price": 500},
    )
    subscription = story.gwen(
        "crm.subscription",
        "create",
        {
            "partner_id": story.customer,
            "plan_id": story.ref("crm_ext_subscriptions.crm_subscription_plan_yearly"),
            "date_start": FEBRUARY_2014,
            "line_ids": [(0, 0, {"product_id": product, "price_unit": 500})],
        },
    )
    index = story.ref("crm_ext_subscriptions.crm_price_index_syntec_original")
    story.gwen(
        "crm.index.clause",
        "create",
        {
            "subscription_id": subscription,
            "index_id": index,
            "s0_month": FEBRUARY_2014,
            "s0_value": 245.6,
            "s1_rule": "date_month",
        },
    )
    return subscription, index


def comment_with_file(story, customer, body, content):
    """What the portal page does when the customer adds a comment with a picture."""
    token = csrf_of(customer.get(f"/my/cases/{story.case}").text)
    uploaded = customer.post(
        "/mail/attachment/upload",
        data={
            "csrf_token": token,
            "thread_id": story.case,
            "thread_model": "crm.case",
            "is_pending": "true",
        },
        files={"ufile": ("photo.png", content)},
    ).json()
    (stored,) = uploaded["data"]["store_data"]["ir.attachment"]
    customer.json(
        "/mail/message/post",
        thread_model="crm.case",
        thread_id=story.case,
        post_data={
            "body": body,
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "attachment_ids": [stored["id"]],
            "attachment_tokens": [stored["ownership_token"]],
        },
    )
