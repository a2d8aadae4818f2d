from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.bounce import MailKind, classify
from .common import CampaignsCase


@tagged("post_install", "-at_install")
class TestBounceGateway(CampaignsCase):
    def setUp(self):
        super().setUp()
        self.traces = self.send_letter()

    def test_ca_22_hard_return_excludes_at_once(self):
        bounce = self.bounce(self.trace_of(self.traces, self.gone), "hard")
        self.assertEqual(bounce.bounce_class, "hard")
        self.assertEqual(bounce.partner_id, self.gone)
        self.assertTrue(bounce.is_excluding)
        self.assertTrue(self.is_blacklisted(self.gone))
        seen = self.gone.with_user(self.marketing)
        self.assertEqual(seen.crm_bounce_state, "excluded")
        traces = self.send_letter("Second letter")
        self.assertEqual(
            self.trace_of(traces, self.gone).failure_type, "mail_bl", "skipped"
        )

    def test_ca_22_exclusion_is_reversible_by_an_authorised_user(self):
        bounce = self.bounce(self.trace_of(self.traces, self.gone), "hard")
        with self.assertRaises(AccessError):
            bounce.with_user(self.stranger).action_allow_again()
        bounce.with_user(self.marketing).action_allow_again()
        self.assertFalse(self.is_blacklisted(self.gone))
        self.assertTrue(bounce.is_cleared)
        self.assertFalse(self.gone.with_user(self.marketing).crm_bounce_state)
        traces = self.send_letter("Second letter")
        self.assertEqual(self.trace_of(traces, self.gone).trace_status, "sent")

    def test_ca_23_soft_return_leaves_the_address(self):
        bounce = self.bounce(self.trace_of(self.traces, self.full), "soft")
        self.assertEqual(bounce.bounce_class, "soft")
        self.assertFalse(self.is_blacklisted(self.full))
        self.assertEqual(self.full.with_user(self.marketing).crm_bounce_state, "soft")

    def test_ca_24_spam_refusal_opens_an_incident_and_leaves_the_contact(self):
        trace = self.trace_of(self.traces, self.filtered_contact)
        bounce = self.bounce(trace, "spam")
        incident = bounce.incident_id.with_user(self.marketing)
        self.assertEqual(incident.domain, "client.example")
        self.assertEqual(incident.reason, bounce.reason)
        self.assertEqual(incident.user_id, self.marketing)
        self.assertEqual(incident.activity_ids.user_id, self.marketing)
        self.assertFalse(self.is_blacklisted(self.filtered_contact))

    def test_one_incident_gathers_the_returns_of_a_domain_and_reason(self):
        first = self.bounce(self.traces[0], "spam")
        second = self.bounce(self.traces[1], "spam")
        self.assertEqual(first.incident_id, second.incident_id)
        self.assertEqual(first.incident_id.bounce_count, 2)
        first.incident_id.with_user(self.marketing).action_fix()
        third = self.bounce(self.traces[2], "spam")
        self.assertNotEqual(third.incident_id, first.incident_id)
        self.assertFalse(first.incident_id.activity_ids)

    def test_five_refusals_do_not_exclude_as_the_host_would(self):
        """The host excludes after five returns over a week, whatever their cause."""
        contact = self.filtered_contact
        contact.message_bounce = 10
        trace = self.trace_of(self.traces, contact)
        old = self.env["mailing.trace"].create(
            [
                {
                    "model": "res.partner",
                    "res_id": contact.id,
                    "email": contact.email_normalized,
                    "trace_status": "bounce",
                    "mass_mailing_id": trace.mass_mailing_id.id,
                }
                for _number in range(6)
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_trace SET write_date = now() - interval '20 days' "
            "WHERE id = ANY(%s)",
            [old.ids[:3]],
        )
        self.env.invalidate_all()
        self.bounce(trace, "spam")
        self.assertFalse(self.is_blacklisted(contact))

    def test_a_mail_returned_twice_counts_once(self):
        trace = self.trace_of(self.traces, self.full)
        raw, verdict = self.pick_returned("soft")
        raw = self.as_return_of(trace, raw, verdict)
        self.receive(raw)
        self.receive(raw)
        self.receive(self.as_return_of(trace, *self.pick_returned("soft"), number=2))
        count = self.env["crm.bounce"].search_count([("trace_id", "=", trace.id)])
        self.assertEqual(count, 1)

    def test_a_later_hard_answer_prevails(self):
        trace = self.trace_of(self.traces, self.full)
        self.bounce(trace, "soft")
        bounce = self.bounce(trace, "hard", number=2)
        self.assertEqual(bounce.bounce_class, "hard")
        self.assertTrue(self.is_blacklisted(self.full))

    def test_a_delay_warning_marks_nothing(self):
        trace = self.trace_of(self.traces, self.full)
        raw = (
            b"From: MAILER-DAEMON@receiver.example\nTo: bounce@test.example\n"
            b"Subject: Delayed mail\nMessage-Id: <late-1@receiver.example>\n"
            b"Content-Type: multipart/report; report-type=delivery-status;"
            b' boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n'
            b"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; "
            + trace.email.encode()
            + b"\nAction: delayed\nStatus: 4.4.1\n\n--b\nContent-Type: "
            b"text/rfc822-headers\n\nMessage-Id: "
            + trace.message_id.encode()
            + b"\n\n--b--\n"
        )
        self.receive(raw)
        bounce = self.env["crm.bounce"].search([("trace_id", "=", trace.id)])
        self.assertEqual(bounce.kind, "delay")
        self.assertEqual(trace.trace_status, "sent")

    def test_a_complaint_is_no_return_and_concerns_the_sender(self):
        trace = self.trace_of(self.traces, self.filtered_contact)
        raw = (
            b"From: feedback@receiver.example\nTo: abuse@test.example\n"
            b"Subject: Complaint\nMessage-Id: <fbl-9@receiver.example>\n"
            b"Content-Type: multipart/report; report-type=feedback-report;"
            b' boundary="b"\n\n--b\nContent-Type: message/feedback-report\n\n'
            b"Feedback-Type: abuse\nVersion: 1\n\n--b\nContent-Type: message/rfc822\n\n"
            b"Message-Id: " + trace.message_id.encode() + b"\nTo: x\n\nx\n--b--\n"
        )
        self.receive(raw)
        bounce = self.env["crm.bounce"].search([("trace_id", "=", trace.id)])
        self.assertEqual((bounce.kind, bounce.reason), ("complaint", "complaint"))
        self.assertTrue(bounce.incident_id)
        self.assertEqual(trace.trace_status, "sent")
        self.assertFalse(self.is_blacklisted(self.filtered_contact))

    def test_every_real_mail_passes_the_gateway(self):
        """Eight of them make the host's own parsing raise; none may be lost."""
        known = self.env["crm.bounce"].search_count([])
        wanted = set()
        with self.mock_mail_gateway():
            for raw, rows in self.returned:
                if classify(raw).kind is not MailKind.BOUNCE:
                    continue  # the host looks for a document, as for any mail
                with self.subTest(rows[0]["file"]):
                    self.env["mail.thread"].message_process(False, raw)
                wanted.update(row["recipient"].lower() for row in rows)
        recorded = self.env["crm.bounce"].search([]).mapped("email")
        self.assertGreater(len(recorded), known)
        self.assertGreaterEqual(
            len(wanted & set(recorded)) / len(wanted), 0.7, "one address a mail"
        )

    def test_reply_to_the_bounce_address_is_no_return(self):
        raw = (
            f"From: {self.full.email}\nTo: {self.alias_bounce}@{self.alias_domain}\n"
            "Subject: Absence\nAuto-Submitted: auto-replied\n"
            "Message-Id: <auto-9@client.example>\n\nJe suis absent.\n"
        ).encode()
        before = self.full.message_bounce
        self.receive(raw)
        self.assertEqual(self.full.message_bounce, before)
        self.assertFalse(self.full.crm_bounce_ids)
