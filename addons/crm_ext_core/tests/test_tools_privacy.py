import re
import unittest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.privacy import HIDDEN, Person, digest, masked

texts = st.text(
    st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S")), min_size=4
)


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestToolsPrivacy(unittest.TestCase):
    """What hides a person, without a database."""

    @patient
    @given(st.lists(texts, min_size=1, max_size=5), st.text(max_size=20))
    def test_whatever_names_the_person_is_hidden(self, names, around):
        person = Person(names=tuple(names))
        said = around.join(["", *names, ""])
        hidden = re.sub(person.pattern(), HIDDEN, said)
        for name in names:
            self.assertNotIn(name, hidden)

    def test_short_names_do_not_hide_other_words(self):
        self.assertEqual(Person(names=("Zoé", "Zoé Cœur")).pattern(), r"Zoé\ Cœur")
        self.assertEqual(Person(names=("A",)).pattern(), "")

    def test_an_address_is_no_part_of_a_longer_one(self):
        pattern = Person(emails=("anna@moulin.example",)).mail_pattern()
        for text in (
            "anna@moulin.example",
            '"Anna" <ANNA@moulin.example>, b@c.example',
            '{"note": "Write to\\nanna@moulin.example\\nsoon"}',
        ):
            self.assertTrue(re.search(pattern, text, re.IGNORECASE), text)
        for text in (
            "johanna@moulin.example",
            "marie-anna@moulin.example",
            "anna@moulin.example.org",
            "anna@moulin.examples",
        ):
            self.assertFalse(re.search(pattern, text, re.IGNORECASE), text)
        self.assertEqual(Person().mail_pattern(), "")

    def test_contacts_kept_by_law_leave_the_rest(self):
        person = Person((1, 2), (5,), ("a@b.example",)).without_partners([2])
        self.assertEqual((person.partner_ids, person.lead_ids), ((1,), (5,)))

    @patient
    @given(st.emails())
    def test_a_masked_address_tells_neither_name_nor_domain(self, email):
        local, _at, domain = email.rpartition("@")
        hidden = masked(email)
        self.assertTrue(len(local) < 2 or local not in hidden)
        self.assertNotIn(domain, hidden)
        self.assertEqual(digest(email), digest(email.upper().lower()))
