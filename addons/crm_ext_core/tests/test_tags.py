from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestTags(CrmExtCase):
    """CO-22 and CO-23: one tag for all, by hand and by rule, kept in order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag, cls.other = cls.env["crm.tag"].create(
            [{"name": "Trade fair 2026"}, {"name": "Trade fairs 2026"}]
        )
        cls.firm, cls.shop = cls.env["res.partner"].create(
            [{"name": "Firm", "is_company": True}, {"name": "Shop"}]
        )
        cls.lead = cls.env["crm.lead"].create({"name": "Lead", "user_id": False})

    def _holders(self, tag=None, user=None):
        return (
            self.env["crm.tag.holder"]
            .with_user(user or self.salesperson)
            .search([("tag_id", "=", (tag or self.tag).id)])
        )

    def _rule(self, **values):
        return (
            self.env["crm.tag.rule"]
            .with_user(self.sales_manager)
            .create({"name": "Rule", "tag_id": self.tag.id} | values)
        )

    def _segment_rule(self):
        segment = (
            self.env["crm.segment"]
            .with_user(self.sales_manager)
            .create(
                {
                    "name": "Zz",
                    "res_model": "all",
                    "criterion_ids": [
                        (0, 0, {"code": "town", "value": {"text": "Zz"}})
                    ],
                }
            )
        )
        return self._rule(segment_id=segment.id)

    # ------------------------------------------------------------------ by hand
    def test_co_22_one_tag_on_contacts_and_leads_and_its_records(self):
        self.firm.with_user(self.salesperson).crm_tag_ids = self.tag
        self.lead.with_user(self.salesperson).tag_ids = self.tag
        holders = self._holders()
        self.assertEqual(
            {(row.res_model, row.res_id) for row in holders},
            {("res.partner", self.firm.id), ("crm.lead", self.lead.id)},
        )
        self.assertEqual(set(holders.mapped("record_name")), {"Firm", "Lead"})
        self.assertEqual(set(holders.mapped("origin")), {self.salesperson.name})
        self.assertEqual(self.lead.crm_tag_ids, self.tag)
        action = self.tag.with_user(self.salesperson).action_crm_open_holders()
        self.assertEqual(action["domain"], [("tag_id", "in", self.tag.ids)])
        opened = holders.filtered(lambda row: row.res_model == "crm.lead")
        self.assertEqual(opened.action_open_record()["res_id"], self.lead.id)

    def test_co_22_what_one_may_not_read_is_not_counted(self):
        self.lead.tag_ids = self.tag
        mine = self.tag.with_user(self.salesperson)
        self.assertEqual((mine.crm_use_count, len(self._holders())), (1, 1))
        self.lead.user_id = self.sales_manager
        mine.invalidate_recordset()
        self.assertEqual((mine.crm_use_count, len(self._holders())), (0, 0))
        self.assertEqual(self.tag.with_user(self.sales_manager).crm_use_count, 1)

    def test_co_22_unused_and_retired_tags(self):
        self.firm.crm_tag_ids = self.tag
        tags = self.env["crm.tag"].with_user(self.sales_manager)
        unused = tags.search([("crm_use_count", "=", 0)])
        self.assertIn(self.other, unused)
        self.assertNotIn(self.tag, unused)
        self.other.with_user(self.sales_manager).action_crm_retire()
        offered = [id_ for id_, _name in tags.name_search("Trade fair")]
        self.assertEqual(offered, self.tag.ids)
        self.other.with_user(self.sales_manager).action_crm_restore()
        self.assertEqual(len(tags.name_search("Trade fair")), 2)

    def test_co_22_rename_keeps_the_records(self):
        self.firm.crm_tag_ids = self.tag
        self.tag.with_user(self.sales_manager).name = "Fair"
        self.assertEqual(self._holders().tag_id.name, "Fair")

    def test_co_22_near_duplicates_are_proposed_and_merged(self):
        self.firm.crm_tag_ids = self.tag | self.other
        self.shop.crm_tag_ids = self.other
        self.lead.tag_ids = self.other
        rule = self._rule(tag_id=self.other.id, reason="criterion", code="lead_hot")
        pairs = self.env["crm.tag.pair"].with_user(self.sales_manager)
        pairs.action_open_pairs()
        pair = pairs.search([("tag_id", "=", self.tag.id)])
        self.assertEqual(pair.other_id, self.other)
        pair.action_keep_first()
        self.assertFalse(self.other.exists())
        self.assertEqual(self.shop.crm_tag_ids, self.tag)
        self.assertEqual(self.firm.crm_tag_ids, self.tag)
        self.assertEqual(self.lead.tag_ids, self.tag)
        self.assertEqual(rule.tag_id, self.tag)
        self.assertEqual(len(self._holders()), 3)

    def test_co_22_tags_said_to_differ_are_not_proposed_again(self):
        pairs = self.env["crm.tag.pair"].with_user(self.sales_manager)
        pairs.action_open_pairs()
        pair = pairs.search([("tag_id", "=", self.tag.id)])
        pair.action_ignore()
        pairs.action_open_pairs()
        self.assertTrue(pair.is_ignored)

    def test_co_22_merge_of_chosen_tags(self):
        self.shop.crm_tag_ids = self.other
        wizard = (
            self.env["crm.tag.merge"]
            .with_user(self.sales_manager)
            .with_context(active_ids=(self.tag | self.other).ids)
            .create({"kept_id": self.tag.id})
        )
        self.assertEqual(wizard.record_count, 1)
        wizard.action_merge()
        self.assertEqual(self.shop.crm_tag_ids, self.tag)
        with self.assertRaises(AccessError):
            self.tag.with_user(self.salesperson)._crm_merge(self.tag)

    def test_co_23_after_a_merge_a_rule_on_the_tag_asks_for_the_one_kept(self):
        result = self.env["crm.tag"].create({"name": "To call"})
        rule = self._rule(
            tag_id=result.id,
            reason="criterion",
            code="tag",
            value={"ids": self.other.ids},
        )
        self.shop.crm_tag_ids = self.other
        rule._apply()
        self.assertEqual(self.shop.crm_tag_ids, self.other | result)
        (self.tag | self.other).with_user(self.sales_manager)._crm_merge(self.tag)
        rule._apply()
        self.assertEqual(self.shop.crm_tag_ids, self.tag | result)

    # ------------------------------------------------------------------ by rule
    def test_co_23_a_list_tags_its_members_and_untags_who_left(self):
        self.firm.city = self.lead.city = "Zz"
        rule = self._segment_rule()
        rule.action_apply()
        self.run_batches()
        self.assertEqual(self.firm.crm_tag_ids, self.tag)
        self.assertEqual(self.lead.tag_ids, self.tag)
        self.assertFalse(self.shop.crm_tag_ids)
        self.assertEqual(rule.tagged_count, 2)
        self.assertEqual(set(self._holders().mapped("origin")), {"Rule"})
        self.firm.city = "Elsewhere"
        rule._apply()
        self.assertFalse(self.firm.crm_tag_ids)
        self.assertEqual(self.lead.tag_ids, self.tag)
        link = rule.link_ids.filtered(lambda link: link.res_id == self.firm.id)
        self.assertTrue(link.removed_at)

    def test_co_23_what_a_person_put_stays_when_the_rule_ends(self):
        self.firm.city = self.shop.city = "Zz"
        self.firm.with_user(self.salesperson).crm_tag_ids = self.tag
        rule = self._segment_rule()
        rule._apply()
        (self.firm | self.shop).city = "Elsewhere"
        rule._apply()
        self.assertEqual(self.firm.crm_tag_ids, self.tag)
        self.assertFalse(self.shop.crm_tag_ids)

    def test_co_23_what_a_person_took_off_does_not_come_back(self):
        self.firm.city = "Zz"
        rule = self._segment_rule()
        rule._apply()
        self.firm.with_user(self.salesperson).crm_tag_ids = False
        rule._apply()
        self.assertFalse(self.firm.crm_tag_ids)
        self.firm.city = "Elsewhere"
        rule._apply()
        self.firm.city = "Zz"
        rule._apply()
        self.assertEqual(self.firm.crm_tag_ids, self.tag)  # a new reason

    def test_co_23_two_rules_untag_when_the_last_one_ends(self):
        self.firm.city = "Zz"
        place = self._segment_rule()
        company = self._rule(reason="criterion", code="contact_company")
        (place | company)._apply()
        self.firm.city = "Elsewhere"
        (place | company)._apply()
        self.assertEqual(self.firm.crm_tag_ids, self.tag)
        self.firm.is_company = False
        (place | company)._apply()
        self.assertFalse(self.firm.crm_tag_ids)

    def test_co_23_a_date_tags(self):
        today = fields.Date.today()
        self.firm.crm_birth_date = today + timedelta(days=10)
        self.shop.crm_birth_date = today + timedelta(days=40)
        rule = self._rule(
            reason="date",
            model_name="res.partner",
            date_field_id=self.env["ir.model.fields"]
            ._get("res.partner", "crm_birth_date")
            .id,
            days_to=30,
        )
        rule._apply()
        self.assertEqual(self.firm.crm_tag_ids, self.tag)
        self.assertFalse(self.shop.crm_tag_ids)

    def test_co_23_a_rule_switched_off_lets_go(self):
        self.firm.city = "Zz"
        rule = self._segment_rule()
        rule._apply()
        rule.active = False
        self.assertFalse(self.firm.crm_tag_ids)

    def test_a_rule_says_its_reason_and_only_managers_write_it(self):
        with self.assertRaises(ValidationError):
            self._rule(reason="segment")
        with self.assertRaises(AccessError):
            self.env["crm.tag.rule"].with_user(self.salesperson).create(
                {"name": "Mine", "tag_id": self.tag.id}
            )
