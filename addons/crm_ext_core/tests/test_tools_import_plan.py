import unittest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools import import_plan, import_rows
from odoo.addons.crm_ext_core.tools.import_plan import Keys, Known, KnownCompany
from odoo.addons.crm_ext_core.tools.import_rows import Column, Fault, ReadRow

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
COLUMNS = (
    Column("company", "name", ("Société", "Raison sociale"), required=True),
    Column("contact", "name", ("Prénom",), "name"),
    Column("contact", "name", ("Nom",), "name"),
    Column("contact", "email", ("E-mail",), "email", key=True),
    Column("lead", "type", (), default="lead"),
    Column("lead", "priority", ("Urgence",), table={"oui": "3"}, choices={"3": "3"}),
)
people = st.builds(
    lambda number, mail, company: ReadRow(
        number, {("contact", "email"): mail, ("company", "name"): company}
    ),
    st.integers(1, 99),
    st.sampled_from(["a@x.example", "b@x.example", "c@x.example", ""]),
    st.sampled_from(["Alpha", "Bêta", "Gamma"]),
)


def person(number, email="", company="Alpha", siret="", **values):
    cells = {("company", "name"): company, ("contact", "email"): email}
    cells["company", "company_registry"] = siret
    cells["company", "zip"] = values.pop("zip", "35000")
    cells.update({("contact", key): value for key, value in values.items()})
    return ReadRow(number, {slot: value for slot, value in cells.items() if value})


def read(*rows):
    header, records = import_rows.split_header(COLUMNS, rows)
    binding = import_rows.bind(COLUMNS, header)
    return binding, [import_rows.read_row(binding, record) for record in records]


class TestRows(unittest.TestCase):
    def test_headers_are_found_under_a_title_and_by_any_of_their_names(self):
        binding, rows = read(
            ["Salon de Rennes"],
            [],
            ["RAISON SOCIALE", "e mail", "NOM", "Prenom", "Civilité"],
            ["Alpha", "Zoe@X.example", "LE GOFF", "ZOÉ", "Mme"],
        )
        self.assertEqual(binding.unused, ("Civilité",))
        self.assertEqual(rows[0].values["contact", "name"], "Zoé Le Goff")
        self.assertEqual(rows[0].values["contact", "email"], "zoe@x.example")
        self.assertEqual(rows[0].values["lead", "type"], "lead")

    def test_blank_rows_are_left_out_and_counted(self):
        _binding, rows = read(["Société"], ["Alpha"], [], ["", " "], ["Bêta"])
        self.assertEqual([row.number for row in rows], [1, 4])

    def test_a_missing_column_is_told(self):
        binding, _rows = read(["E-mail"], ["a@x.example"])
        self.assertEqual([column.field for column in binding.missing], ["name"])

    def test_each_fault_names_the_column_as_the_file_does(self):
        _binding, rows = read(["Raison Sociale", "e-mail"], ["", "voir carte"])
        self.assertEqual(
            rows[0].faults,
            (Fault("Raison Sociale", "required"), Fault("e-mail", "not_email")),
        )

    def test_values_are_translated_and_others_refused(self):
        _binding, rows = read(["Société", "Urgence"], ["A", "OUI"], ["B", "bof"])
        self.assertEqual(rows[0].values["lead", "priority"], "3")
        self.assertEqual(rows[1].faults, (Fault("Urgence", "unknown"),))


class TestPlan(unittest.TestCase):
    def plan(self, *rows, known=None):
        return import_plan.plan(rows, known or Known(), Keys())

    def outcomes(self, *rows, known=None):
        return [
            (item.outcome, item.cause, item.same_row or item.same_id)
            for item in self.plan(*rows, known=known)
        ]

    def test_a_mail_met_twice_is_a_duplicate_of_the_first(self):
        self.assertEqual(
            self.outcomes(person(1, "a@x.example"), person(2, "a@x.example")),
            [("create", "", 0), ("duplicate", "mail", 1)],
        )

    def test_a_rejected_row_makes_no_duplicate(self):
        bad = ReadRow(1, {("contact", "email"): "a@x.example"}, (Fault("x", "y"),))
        self.assertEqual(
            self.outcomes(bad, person(2, "a@x.example")),
            [("reject", "", 0), ("create", "", 0)],
        )

    def test_what_the_base_knows_is_a_duplicate(self):
        known = Known(emails={"a@x.example": 7})
        self.assertEqual(
            self.outcomes(person(1, "a@x.example"), known=known),
            [("duplicate", "mail", 7)],
        )

    def test_without_mail_the_same_name_in_the_same_company_is_the_same_person(self):
        company = KnownCompany(5, "ALPHA SARL", "", "35000")
        known = Known((company,), {}, {(5, "zoe"): 9})
        self.assertEqual(
            self.outcomes(
                person(1, name="Zoé"),
                person(2, name="Noël"),
                person(3, name="NOËL"),
                known=known,
            ),
            [("duplicate", "person", 9), ("create", "", 0), ("duplicate", "person", 2)],
        )

    def test_one_siret_is_one_company_whatever_its_name(self):
        first, second, other = self.plan(
            person(1, "a@x.example", "ALPHA", "111"),
            person(2, "b@x.example", "Alpha Rennes", "111"),
            person(3, "c@x.example", "ALPHA", "222"),
        )
        self.assertEqual(first.token, second.token)
        self.assertNotEqual(first.token, other.token)

    def test_without_siret_name_and_postcode_tell_companies_apart(self):
        known = Known((KnownCompany(5, "Alpha", "111", "35000"),))
        same, elsewhere = self.plan(
            person(1, "a@x.example", "S.A.S. ALPHA"),
            person(2, "b@x.example", "Alpha", zip="29000"),
            known=known,
        )
        self.assertEqual((same.company_id, elsewhere.company_id), (5, 0))

    def test_a_company_without_siret_is_taken_by_one_siret_only(self):
        known = Known((KnownCompany(5, "Alpha", "", "35000"),))
        taken, new = self.plan(
            person(1, "a@x.example", "Alpha", "111"),
            person(2, "b@x.example", "Alpha", "222"),
            known=known,
        )
        self.assertEqual((taken.company_id, new.company_id), (5, 0))

    def test_a_row_about_nobody_is_rejected(self):
        (item,) = self.plan(ReadRow(1, {("lead", "name"): "Audit"}))
        self.assertEqual(item.row.faults, (Fault("", "nothing"),))

    @patient
    @given(st.lists(people, unique_by=lambda row: row.number), st.integers(1, 5))
    def test_packing_loses_no_row_and_splits_no_company(self, rows, size):
        planned = import_plan.plan(rows, Known(), Keys())
        units = import_plan.pack(planned, size)
        self.assertCountEqual([item for unit in units for item in unit], planned)
        homes = {}
        for number, unit in enumerate(units):
            for item in unit:
                self.assertEqual(homes.setdefault(item.token, number), number)

    @patient
    @given(st.lists(people, unique_by=lambda row: row.number))
    def test_no_mail_is_ever_created_twice(self, rows):
        created = [
            mail
            for item in import_plan.plan(rows, Known(), Keys())
            if item.outcome == "create"
            and (mail := item.row.values["contact", "email"])
        ]
        self.assertEqual(len(created), len(set(created)))
