from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestJobFunction(CrmExtCase):
    """CO-21: the title on the card beside the normalised function."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ceo = cls.env.ref("crm_ext_core.job_function_ceo")
        cls.cio = cls.env.ref("crm_ext_core.job_function_cio")

    def _card(self, title, model="res.partner", **values):
        return (
            self.env[model]
            .with_user(self.salesperson)
            .create({"name": "Card", "function": title} | values)
        )

    def test_co_21_the_title_stays_and_the_function_follows(self):
        for title in ("Directrice Générale", "DG", "P.D.G.", "Managing Director"):
            with self.subTest(title):
                card = self._card(title)
                self.assertEqual(card.function, title)
                self.assertEqual(card.crm_job_function_id, self.ceo)
        lead = self._card("DSI", "crm.lead")
        self.assertEqual(lead.crm_job_function_id, self.cio)
        card.function = "Directeur informatique"
        self.assertEqual(card.crm_job_function_id, self.cio)
        card.function = "Grand argentier"
        self.assertFalse(card.crm_job_function_id)

    def test_co_21_a_correction_is_learnt(self):
        card = self._card("Grand argentier")
        self.assertFalse(card.crm_job_function_id)
        cfo = self.env.ref("crm_ext_core.job_function_cfo")
        card.crm_job_function_id = cfo
        self.assertEqual(self._card("GRAND ARGENTIER").crm_job_function_id, cfo)
        alias = self.env["crm.job.alias"].search([("name", "=", "Grand argentier")])
        self.assertTrue(alias.is_learnt)
        self._card("Grand argentier").crm_job_function_id = self.ceo
        self.assertEqual((alias.function_id, alias.previous_id), (self.ceo, cfo))
        self.assertEqual(card.crm_job_function_id, cfo)  # other cards stay

    def test_co_21_unmapped_titles_are_listed_and_mapped_at_once(self):
        cards = self._card("Sorcier du cloud") + self._card("Sorciers du Cloud")
        lead = self._card("Sorcier du cloud", "crm.lead")
        self._card("Directeur commercial ouest")
        queue = self.env["crm.job.title"].with_user(self.sales_manager)
        queue.action_open_queue()
        line = queue.search([("key", "=", "sorcier cloud")])
        if len(line) > 1:  # a database of several companies lists them apart
            line = line.filtered("contact_count")
            lead.company_id = False
            queue.action_open_queue()
        self.assertEqual(line.name, "Sorcier du cloud")
        counts = (line.spelling_count, line.contact_count, line.lead_count)
        self.assertEqual(counts, (2, 2, 1))
        proposed = queue.search([("key", "=", "directeur commercial ouest")])
        director = self.env.ref("crm_ext_core.job_function_sales_director")
        self.assertEqual(proposed.function_id, director)
        with self.assertRaises(UserError):
            line.action_map()
        line.function_id = self.cio
        line.action_map()
        self.assertEqual(cards.crm_job_function_id, self.cio)
        self.assertEqual(lead.crm_job_function_id, self.cio)
        self.assertFalse(line.exists())

    def test_co_21_a_base_without_functions_is_mapped_in_bulk(self):
        cards = self._card("DRH") + self._card("Comptable") + self._card("Roi")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET crm_job_function_id = NULL WHERE id IN %s",
            [tuple(cards.ids)],
        )
        self.env.invalidate_all()
        self.env["crm.job.title"].with_user(self.sales_manager).action_map_known()
        names = [card.crm_job_function_id.name for card in cards]
        self.assertEqual(names, ["Human resources director", "Accountant", False])

    def test_co_21_segments_read_the_function(self):
        chief, clerk = self._card("PDG"), self._card("Comptable")
        segment = (
            self.env["crm.segment"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "Chiefs",
                    "criterion_ids": [
                        (0, 0, {"code": "function", "value": {"ids": self.ceo.ids}})
                    ],
                }
            )
        )
        self.assertEqual((chief | clerk) & segment._get_records(), chief)

    def test_only_managers_map_titles(self):
        queue = self.env["crm.job.title"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            queue.action_open_queue()

    def test_co_21_the_seed_list_is_french_and_english(self):
        functions = self.env["crm.job.function"].search([])
        self.assertGreaterEqual(len(functions), 60)
        known = self.env["crm.job.alias"]._functions_by_key()
        self.assertGreaterEqual(len(known), 250)
