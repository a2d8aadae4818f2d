from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestSegment(CrmExtCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        france, belgium = cls.env.ref("base.fr"), cls.env.ref("base.be")
        cls.contacts = cls.env["res.partner"].create(
            [
                {
                    "name": "A",
                    "ref": "seg",
                    "is_company": True,
                    "email": "a@crm-ext.example",
                    "country_id": france.id,
                    "zip": "35000",
                },
                {
                    "name": "B",
                    "ref": "seg",
                    "is_company": True,
                    "country_id": belgium.id,
                },
                {
                    "name": "C",
                    "ref": "seg",
                    "function": "Director",
                    "email": "c@crm-ext.example",
                    "country_id": france.id,
                    "zip": "29000",
                },
            ]
        )
        cls.a, cls.b, cls.c = cls.contacts

    def _segment(self, *terms, criteria=(), match="all", **values):
        return (
            self.env["crm.segment"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "Test",
                    "res_model": "res.partner",
                    "domain": repr([("ref", "=", "seg"), *terms]),
                    "match": match,
                    "criterion_ids": [
                        (0, 0, {"code": code, "negate": negate})
                        for code, negate in criteria
                    ],
                    **values,
                }
            )
        )

    def test_co_20_criteria_are_combined_with_and_or_not(self):
        company, mail = ("contact_company", False), ("contact_reachable", False)
        no_mail = ("contact_reachable", True)
        for criteria, match, expected in (
            ((), "all", self.contacts),
            ((company, mail), "all", self.a),
            ((company, mail), "any", self.contacts),
            ((company, no_mail), "all", self.b),
            ((no_mail,), "any", self.b),
        ):
            with self.subTest(criteria=criteria, match=match):
                segment = self._segment(criteria=criteria, match=match)
                self.assertEqual(segment._get_records(), expected)

    def test_co_20_sector_place_function(self):
        for terms, expected in (
            ([("country_id.code", "=", "FR")], self.a | self.c),
            ([("zip", "=like", "35%")], self.a),
            ([("function", "ilike", "direct")], self.c),
            (["!", ("country_id.code", "=", "FR")], self.b),
        ):
            with self.subTest(terms=terms):
                self.assertEqual(self._segment(*terms)._get_records(), expected)

    def test_co_20_the_count_is_live_on_the_screen(self):
        with Form(self.env["crm.segment"].with_user(self.salesperson)) as form:
            form.name = "Live"
            form.domain = "[('ref', '=', 'seg')]"
            self.assertEqual(form.record_count, 3)
            form.domain = "[('ref', '=', 'seg'), ('is_company', '=', True)]"
            self.assertEqual(form.record_count, 2)
            with form.criterion_ids.new() as line:
                line.code = "contact_reachable"
            self.assertEqual(form.record_count, 1)

    def test_co_20_a_segment_of_leads(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .create({"name": "Zz", "city": "Zz"})
        )
        segment = self._segment(res_model="crm.lead", domain="[('city', '=', 'Zz')]")
        self.assertEqual(segment._get_records(), lead)

    def test_co_20_a_segment_opens_its_records(self):
        action = self._segment().action_open_records()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), self.contacts
        )

    def test_a_frozen_segment_keeps_its_members(self):
        segment = self._segment(criteria=[("contact_company", False)])
        segment.action_freeze()
        self.c.is_company = True
        self.assertEqual(segment._get_records(), self.a | self.b)
        self.assertEqual(segment.record_count, 2)
        members = segment.member_ids.mapped("res_id")
        self.assertEqual(set(members), {self.a.id, self.b.id})
        segment.action_unfreeze()
        self.assertEqual(segment._get_records(), self.contacts)

    def test_the_count_is_what_the_reader_may_see(self):
        self.env["crm.lead"].create(
            [{"name": "Zz", "city": "Zz", "user_id": self.sales_manager.id}]
        )
        segment = self._segment(res_model="crm.lead", domain="[('city', '=', 'Zz')]")
        self.assertEqual(segment.record_count, 0)
        self.assertEqual(segment.with_user(self.sales_manager).record_count, 1)

    def test_a_colleague_reads_but_only_owner_and_manager_write(self):
        segment = self._segment()
        colleague = self._new_user("test_colleague", "sales_team.group_sale_salesman")
        self.assertEqual(segment.with_user(colleague)._get_records(), self.contacts)
        for method in (
            segment.with_user(colleague).action_freeze,
            lambda: segment.with_user(colleague).write({"name": "Mine"}),
        ):
            with self.assertRaises(AccessError):
                method()
        segment.with_user(self.sales_manager).name = "Ours"
        self.assertFalse(segment.with_user(self.stranger).has_access("read"))

    def test_criteria_that_cannot_be_read_are_refused(self):
        for domain in ("[('no_such_field', '=', 1)]", "[(", "__import__('os')"):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self._segment(domain=domain)
