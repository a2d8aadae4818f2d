from unittest import TestCase

from odoo.addons.crm_ext_core.tools.job_title import best_prefix, title_key
from odoo.addons.crm_ext_core.tools.near import near_pairs


class TestJobTitle(TestCase):
    def test_co_21_spellings_of_one_title_have_one_key(self):
        for spellings in (
            ("Directeur général", "DIRECTRICE GENERALE", "DG", "Dir. Général"),
            ("Responsable des ventes", "resp. ventes", "Responsable de la vente"),
            ("DRH", "Directrice des Ressources Humaines", "Directeur RH"),
            ("Chargé d'affaires", "Chargée d’affaires", "chargé(e) d'affaires"),
            ("Assistante de direction", "Assistant direction"),
            ("DSI", "Directeur des systèmes d'information", "Directeur SI"),
            ("Head of Sales", "head sales"),
            ("Ingénieure commerciale", "ingénieur commercial"),
        ):
            with self.subTest(spellings):
                self.assertEqual(len({title_key(title) for title in spellings}), 1)

    def test_different_titles_stay_apart(self):
        titles = ("Directeur", "Directeur adjoint", "Comptable", "Chef comptable")
        self.assertEqual(len({title_key(title) for title in titles}), 4)

    def test_a_known_beginning_is_proposed_not_an_end(self):
        known = frozenset({"directeur commercial", "directeur"})
        proposed = best_prefix("directeur commercial ouest", known)
        self.assertEqual(proposed, "directeur commercial")
        self.assertEqual(best_prefix("assistant directeur", known), "")


class TestNearNames(TestCase):
    def test_co_22_accents_plurals_spaces_and_typos_are_near(self):
        names = {1: "Salon 2026", 2: "salons 2026", 3: "Adhérent", 4: "Adherents"}
        names |= {5: "Newsletter", 6: "Newsleter", 7: "VIP"}
        pairs = {pair[:2] for pair in near_pairs(names)}
        self.assertEqual(pairs, {(1, 2), (3, 4), (5, 6)})

    def test_names_without_letters_do_not_match(self):
        self.assertEqual(near_pairs({1: "日本", 2: "VIP"}), [])
