import doctest
import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools import duplicate_keys, duplicates, near
from odoo.addons.crm_ext_core.tools.duplicates import (
    DIFFERENT,
    PROBABLE,
    SAME,
    compare,
    find_pairs,
    keys,
    make_card,
)

words = st.sampled_from("anne yann le gall morvan dupont zoé cœur vinouze".split())
people = st.builds(
    lambda name, mail, phone: make_card(
        {"name": " ".join(name), "mail": mail, "phone": phone}
    ),
    st.lists(words, min_size=1, max_size=3),
    st.sampled_from(["", "a@vinouze.example", "b@gmail.com", "not a mail"]),
    st.sampled_from(["", "02 99 00 00 01", "0299000002"]),
)


class TestDuplicates(unittest.TestCase):
    def assertLikely(self, likely, one, two):
        verdict = compare(make_card(one), make_card(two))
        self.assertEqual(verdict.likely, likely, verdict)

    def test_the_examples_of_the_docstrings_hold(self):
        for module in (duplicates, duplicate_keys, near):
            self.assertEqual(doctest.testmod(module).failed, 0)

    def test_a_person_written_two_ways_is_the_same(self):
        self.assertLikely(
            SAME,
            {"name": "LE GALL Zoé", "mail": "Zoe.LeGall@vinouze.example"},
            {"name": "Zoe Le Gall", "mail": "zoe.legall@vinouze.example "},
        )
        self.assertLikely(
            PROBABLE,
            {"name": "Zoé Le Gall", "phone": "02 99 00 00 01"},
            {"name": "Zoe Legall", "phone": "+33 2 99 00 00 01", "zip": "35000"},
        )

    def test_a_mailbox_that_two_people_share_does_not_make_them_one(self):
        shared = {"mail": "contact@vinouze.example", "company": "Vinouze"}
        self.assertLikely(
            DIFFERENT,
            {"name": "Zoé Le Gall"} | shared,
            {"name": "Bertrand Morvan"} | shared,
        )

    def test_a_company_by_its_siret_whatever_its_name(self):
        self.assertLikely(
            SAME,
            {"company": "VINOUZE", "registry": "356 000 000 00048"},
            {"company": "Maison Vinouze SARL", "registry": "35600000000048"},
        )
        # the VAT number holds the SIREN
        self.assertLikely(
            SAME,
            {"company": "Vinouze", "vat": "FR 39 356000000"},
            {"company": "Vinouze SAS", "registry": "356000000"},
        )

    def test_another_siren_or_another_establishment_is_another_company(self):
        self.assertLikely(
            DIFFERENT,
            {"company": "Vinouze", "registry": "356000000", "zip": "35000"},
            {"company": "Vinouze", "registry": "732829320", "zip": "35000"},
        )
        self.assertLikely(
            DIFFERENT,
            {"company": "Vinouze", "registry": "35600000000048", "zip": "35000"},
            {"company": "Vinouze", "registry": "35600000009075", "zip": "75001"},
        )

    def test_free_mail_domains_never_count(self):
        for domain in ("gmail.com", "orange.fr", "laposte.net", "hotmail.fr"):
            one = make_card({"company": "Vinouze", "mail": f"vinouze@{domain}"})
            two = make_card({"company": "Sabliere", "mail": f"sabliere@{domain}"})
            with self.subTest(domain):
                self.assertFalse(one.domain)
                self.assertFalse(keys(one) & keys(two))
        one = make_card({"company": "Vinouze", "mail": "info@vinouze.example"})
        two = make_card({"company": "Maison V.", "website": "www.vinouze.example/fr"})
        self.assertIn("domain", compare(one, two).reasons)

    def test_a_person_and_a_company_are_one_only_by_a_mail_of_their_own(self):
        firm = {"company": "Vinouze", "mail": "contact@vinouze.example"}
        self.assertLikely(DIFFERENT, firm, {"name": "Zoé", "company": "Vinouze"})
        self.assertLikely(SAME, firm, {"name": "Zoé"} | firm)

    def test_a_key_that_everybody_shares_does_not_cost_its_square(self):
        switchboard = {"phone": "02 99 00 00 01"}
        cards = {
            number: make_card({"name": f"Person{number}"} | switchboard)
            for number in range(2000)
        }
        asked = []
        own = duplicates.compare
        try:
            duplicates.compare = lambda *pair: asked.append(pair) or own(*pair)
            find_pairs(cards, reach=10)
        finally:
            duplicates.compare = own
        self.assertLessEqual(len(asked), 2000 * 10 * 2)

    @settings(deadline=None, max_examples=60)
    @given(people, people)
    def test_the_order_of_the_two_does_not_matter(self, one, two):
        self.assertEqual(compare(one, two).points, compare(two, one).points)
        if compare(one, two).likely == SAME:
            self.assertTrue(keys(one) & keys(two))

    @settings(deadline=None, max_examples=60)
    @given(people)
    def test_a_card_survives_its_storage(self, card):
        self.assertEqual(duplicates.Card(**card.to_json()), card)
