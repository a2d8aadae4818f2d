from odoo.fields import Domain
from odoo.tests import tagged, users

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestPartnerCounters(CrmServiceCase):
    def counter(self, code):
        """What the counter shows for the company, and the list that it opens."""
        counter = self.env["crm.hooks"]._partner_counters()[code]
        records = self.env[counter.model].search(
            Domain(counter.field, "child_of", self.customer.ids)
            & Domain(list(counter.domain))
        )
        if counter.sum_field:
            return sum(records.mapped(counter.sum_field)), records
        return len(records), records

    @users("test_agent_a")
    def test_se_04_four_counters_and_their_lists(self):
        done = self._new_case(channel="mail")
        self._log(done, 1.5)
        done.action_close()
        call = self._new_case(channel="phone")
        entry = self._log(call, 0.25)
        self.assertEqual(self.counter("service_handled"), (1, done))
        self.assertEqual(self.counter("service_open"), (1, call))
        self.assertEqual(self.counter("service_calls"), (1, call))
        total, entries = self.counter("service_hours")
        self.assertEqual(total, 1.75)
        self.assertEqual(entries, entry + done.work_entry_ids)

    @users("test_agent_a")
    def test_customer_context_shows_hours_and_open_cases(self):
        self._new_book(10)
        case = self._new_case()
        sections = self.env["crm.hooks"]._customer_context(self.contact)
        rows = dict(next(s.rows for s in sections if s.title == "Service"))
        self.assertEqual(rows["Prepaid hours left"], "10:00")
        self.assertIn("Printer is dead", rows[case.number])

    @users("test_stranger")
    def test_customer_context_hides_from_who_may_not_read(self):
        sections = self.env["crm.hooks"]._customer_context(self.contact)
        self.assertNotIn("Service", [section.title for section in sections])

    def test_audit_checks_are_green(self):
        checks = self.env["crm.hooks"]._audit_checks()
        for code in ("service_hour_balances", "service_open_hops"):
            check = checks[code]
            self.assertEqual(getattr(self.env[check.model], check.method)().broken, 0)
