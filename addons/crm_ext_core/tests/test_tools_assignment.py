from unittest import TestCase

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.assignment import (
    Lead,
    Person,
    Policy,
    after_earlier,
    assign,
)

# a loaded machine draws slowly; that says nothing of what is tested
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FRANCE, SPAIN = 75, 68
STARS, MOON = ("topic", 1), ("topic", 2)
FRENCH, DUTCH = ("language", 5), ("language", 6)


class TestAssignment(TestCase):
    """Who gets which lead."""

    def shared(self, leads, people, **policy):
        return [
            (one.user_id, one.cause) for one in assign(leads, people, Policy(**policy))
        ]

    def test_the_owner_of_the_company_keeps_it_even_away_and_full(self):
        people = [Person(1), Person(2, load=90, capacity=0, present=False)]
        self.assertEqual(self.shared([Lead(1, owner=2)], people), [(2, "owner")])
        self.assertEqual(
            self.shared([Lead(1, owner=2)], people, keep_owner=False), [(1, "share")]
        )

    def test_what_earlier_rules_gave_counts(self):
        self.assertEqual(
            after_earlier(Person(1, load=4, capacity=3), 5, 2),
            Person(1, load=9, capacity=1),
        )
        self.assertEqual(after_earlier(Person(1, capacity=1), 2, 2).capacity, 0)
        self.assertIsNone(after_earlier(Person(1), 2, 2).capacity)

    def test_territory_by_country_department_or_postcode(self):
        people = [
            Person(1, countries=frozenset({SPAIN})),
            Person(2, zips=("35", "2912")),
            Person(3, states=frozenset({7})),
        ]
        leads = [
            Lead(1, country=SPAIN),
            Lead(2, country=FRANCE, zip="35000"),
            Lead(3, country=FRANCE, zip="29000", state=7),
            Lead(4, country=FRANCE, zip="75001"),
        ]
        self.assertEqual(
            self.shared(leads, people),
            [(1, "territory"), (2, "territory"), (3, "territory"), (0, "territory")],
        )

    def test_expertise_and_language(self):
        people = [
            Person(1, expertise=frozenset({STARS})),
            Person(2, expertise=frozenset({FRENCH}), load=9),
        ]
        french = Lead(1, topics=frozenset({MOON, FRENCH}))
        (given,) = assign([french], people, Policy())
        self.assertEqual((given.user_id, given.cause), (2, "expertise"))
        self.assertEqual(given.known, {FRENCH})
        dutch = Lead(1, topics=frozenset({MOON, DUTCH}))
        self.assertEqual(self.shared([dutch], people), [(0, "expertise")])

    def test_each_kind_that_both_name_must_be_known(self):
        both = Person(1, expertise=frozenset({STARS, MOON, FRENCH}))
        for topics, able in (
            ((STARS, FRENCH), True),
            ((STARS, DUTCH), False),
            ((MOON, ("product", 4)), True),
            ((), True),
        ):
            self.assertEqual(both.masters(Lead(1, topics=frozenset(topics))), able)

    def test_nobody_gets_a_lead_of_a_company_he_does_not_work_for(self):
        people = [
            Person(1, companies=frozenset({1})),
            Person(2, companies=frozenset({1, 2}), load=5),
        ]
        leads = [Lead(1, company=2), Lead(2), Lead(3, company=3)]
        self.assertEqual(
            self.shared(leads, people), [(2, "share"), (1, "share"), (0, "company")]
        )
        self.assertEqual(
            self.shared([Lead(1, company=2, owner=1)], people), [(2, "share")]
        )

    def test_capacity_and_absence_are_told(self):
        full, away = Person(1, capacity=1), Person(2, present=False)
        self.assertEqual(
            self.shared([Lead(1), Lead(2)], [full, away]), [(1, "share"), (0, "full")]
        )
        self.assertEqual(self.shared([Lead(1)], [away]), [(0, "absent")])

    def test_in_turn_goes_on_after_the_last(self):
        people = [Person(1, load=50), Person(2), Person(3)]
        leads = [Lead(number) for number in range(4)]
        self.assertEqual(
            [user for user, _why in self.shared(leads, people, in_turn=True, last=2)],
            [3, 1, 2, 3],
        )

    @PATIENT
    @given(
        st.lists(st.integers(0, 30), min_size=1, max_size=6),
        st.integers(0, 60),
    )
    def test_least_loaded_ends_as_level_as_it_can(self, loads, count):
        people = [Person(n + 1, load=load) for n, load in enumerate(loads)]
        after = dict(enumerate(loads, start=1))
        for decision in assign([Lead(n) for n in range(count)], people, Policy()):
            self.assertEqual(decision.load, after[decision.user_id])
            self.assertEqual(decision.load, min(after.values()))
            after[decision.user_id] += 1

    @PATIENT
    @given(
        st.lists(
            st.tuples(st.sampled_from(["35", "29", "75"]), st.sampled_from([0, 1, 2])),
            max_size=60,
        ),
        st.lists(st.integers(0, 9), min_size=2, max_size=2),
    )
    def test_nobody_gets_more_than_he_takes(self, leads, capacities):
        people = [
            Person(1, zips=("35",), capacity=capacities[0]),
            Person(2, capacity=capacities[1], expertise=frozenset({("language", 1)})),
        ]
        facts = [
            Lead(n, zip=z, topics=frozenset({("language", lang)} if lang else ()))
            for n, (z, lang) in enumerate(leads)
        ]
        given = assign(facts, people, Policy())
        self.assertEqual([one.lead_id for one in given], list(range(len(leads))))
        for person, capacity in zip(people, capacities, strict=True):
            mine = [one for one in given if one.user_id == person.user_id]
            self.assertLessEqual(len(mine), capacity)
            for one in mine:
                self.assertTrue(person.covers(facts[one.lead_id]))
                self.assertTrue(person.masters(facts[one.lead_id]))
