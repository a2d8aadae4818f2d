import unittest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.conversion import (
    Base,
    Choice,
    LeadFacts,
    decide,
    find,
    identities,
    plan,
)
from odoo.addons.crm_ext_core.tools.import_plan import KnownCompany

VINOUZE = KnownCompany(7, "Vinouze SARL", "55210055400013", "35000")
names = st.sampled_from(["", "Vinouze", "VINOUZE SARL", "Moulin", "Ets Moulin"])
mails = st.sampled_from(["", "a@b.example", "c@d.example"])
people = st.sampled_from(["", "Zoé", "zoe", "Ann"])


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestToolsConversion(unittest.TestCase):
    """Who a lead stands for, decided without a database."""

    def test_the_siren_finds_the_siret(self):
        found = find(LeadFacts(1, siret="552100554"), Base((VINOUZE,)))
        self.assertEqual([(one.id, one.why) for one in found.companies], [(7, "siret")])
        self.assertEqual(found.company_id, 7)

    def test_a_similar_name_is_proposed_and_not_taken(self):
        found = find(
            LeadFacts(1, company="Vinouzes", postcode="75001"), Base((VINOUZE,))
        )
        self.assertEqual([one.why for one in found.companies], ["alike"])
        self.assertEqual(found.company_id, 0)

    def test_a_phone_is_proposed_and_not_taken(self):
        base = Base(phones={"+33299000001": 9})
        found = find(LeadFacts(1, phone="+33299000001"), base)
        self.assertEqual([one.why for one in found.contacts], ["phone"])
        self.assertEqual(found.contact_id, 0)

    def test_leads_of_one_new_company_share_it(self):
        one, two = plan(
            [
                LeadFacts(1, "Moulin SAS", "", "35000", "Zoé", "a@b.example"),
                LeadFacts(2, "MOULIN", "", "35000", "Ann", "c@d.example"),
            ],
            Base(),
        )
        self.assertTrue(one.company_key)
        self.assertEqual(one.company_key, two.company_key)
        self.assertNotEqual(one.contact_key, two.contact_key)

    def test_the_chosen_company_and_contact_win(self):
        base = Base((VINOUZE,), {"a@b.example": 9})
        lead = LeadFacts(1, "Vinouze", "", "35000", "Zoé", "a@b.example")
        (target,) = decide([lead], base, Choice(company="exist", company_id=3))
        self.assertEqual((target.company_id, target.contact_id), (3, 9))
        choice = Choice(company="create", company_name="Other", contact="create")
        (target,) = decide([lead], base, choice)
        self.assertFalse(target.company_id or target.contact_id)
        self.assertTrue(target.company_key and target.contact_key)
        (target,) = decide([lead], base, Choice(company="none"))
        self.assertFalse(target.company_id or target.company_key)

    def test_a_company_alone_makes_no_person(self):
        (target,) = decide([LeadFacts(1, "Moulin")], Base(), Choice())
        self.assertFalse(target.contact_key)

    @patient
    @given(st.lists(st.tuples(names, people, mails), min_size=1, max_size=8))
    def test_every_lead_gets_somebody_and_equal_leads_the_same(self, rows):
        """Whatever the leads, each becomes one company or person at least, and leads
        that share no identity share no new person."""
        leads = [
            LeadFacts(number, company, "", "", person, mail)
            for number, (company, person, mail) in enumerate(rows, 1)
        ]
        targets = plan(leads, Base())
        self.assertEqual([one.lead_id for one in targets], [one.id for one in leads])
        for target in targets:
            self.assertTrue(target.company_key or target.contact_key)
        keys = {}
        for lead, target in zip(leads, targets, strict=True):
            if target.contact_key:
                keys.setdefault(target.contact_key, []).append(lead)
        for same in keys.values():
            if len(same) > 1:
                self.assertTrue(set.intersection(*map(identities, same)))
