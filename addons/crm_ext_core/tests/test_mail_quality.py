from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestMailQuality(CrmExtCase):
    """CO-24: valid, bounced, excluded, malformed and missing addresses, and trend."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls._new_user(
            "test_marketing", "sales_team.group_sale_salesman_all_leads"
        )
        cls.before = cls._figures(cls.marketing)
        mails = {
            "valid": "ok@crm-ext.example",
            "bounced": "back@crm-ext.example",
            "excluded": "stop@crm-ext.example",
            "malformed": "no address",
            "missing": False,
        }
        cls.contacts = {
            state: cls.env["res.partner"].create({"name": state, "email": mail})
            for state, mail in mails.items()
        }
        cls.leads = {
            state: cls.env["crm.lead"].create(
                {"name": state, "email_from": mail, "user_id": cls.sales_manager.id}
            )
            for state, mail in mails.items()
        }
        (cls.contacts["bounced"] | cls.contacts["excluded"]).message_bounce = 2
        cls.leads["bounced"].message_bounce = 1
        cls.env["mail.blacklist"].create({"email": mails["excluded"]})

    @classmethod
    def _figures(cls, user):
        cls.env.flush_all()
        cls.env.invalidate_all()
        rows = cls.env["crm.mail.figure"].with_user(user).search([])
        return {(row.res_model, row.state): row.number for row in rows}

    def test_co_24_each_address_is_in_one_state(self):
        for records in (self.contacts, self.leads):
            for state, record in records.items():
                with self.subTest(record=record):
                    self.assertEqual(record.crm_mail_state, state)

    def test_co_24_the_figures_and_the_list_behind_each(self):
        after = self._figures(self.marketing)
        for key, number in after.items():
            with self.subTest(key):
                self.assertEqual(number - self.before.get(key, 0), 1)
        figures = self.env["crm.mail.figure"].with_user(self.marketing)
        for figure in figures.search([]):
            action = figure.action_open_records()
            found = self.env[action["res_model"]].with_user(self.marketing)
            self.assertEqual(found.search_count(action["domain"]), figure.number)
        bounced = figures.search([("state", "=", "bounced")])
        self.assertTrue(all(0 < figure.share < 100 for figure in bounced))

    def test_co_24_leads_of_others_are_not_counted(self):
        own = self._figures(self.salesperson)
        every = self._figures(self.marketing)
        key = ("crm.lead", "bounced")
        self.assertEqual(every[key] - own[key], 1)

    def test_co_24_the_trend_is_noted_once_a_day(self):
        quality = self.env["crm.mail.quality"]
        quality._snapshot(date(2026, 1, 1))
        self.contacts["valid"].email = False
        quality._snapshot(date(2026, 1, 2))
        quality._snapshot(date(2026, 1, 2))
        shared = [("res_model", "=", "res.partner"), ("company_id", "=", False)]
        mine = quality.with_user(self.marketing)
        rows = mine.search([*shared, ("state", "=", "valid")])
        self.assertEqual(rows.mapped("date"), [date(2026, 1, 2), date(2026, 1, 1)])
        self.assertEqual(rows[1].number - rows[0].number, 1)
        opened = rows[0].action_open_records()
        self.assertEqual(opened["domain"], [("crm_mail_state", "=", "valid")])

    def test_the_trend_of_all_is_not_for_who_sees_own_leads(self):
        with self.assertRaises(AccessError):
            self.env["crm.mail.quality"].with_user(self.salesperson).search([])
