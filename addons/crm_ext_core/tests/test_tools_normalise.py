import datetime
import doctest
import unittest
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools import normalise, normalise_text
from odoo.addons.crm_ext_core.tools.normalise import ValueFault

# the machine may be busy: slowness is no defect of the functions
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
cents = st.integers(0, 10**9).map(lambda number: Decimal(number) / 100)
days = st.dates(datetime.date(1970, 1, 1), datetime.date(2069, 12, 31))


class TestNormalise(unittest.TestCase):
    def assertFault(self, code, function, *cells):
        for cell in cells:
            with self.subTest(cell), self.assertRaises(ValueFault) as caught:
                function(cell)
            self.assertEqual(caught.exception.code, code)

    def assertReads(self, function, expected):
        for cell, value in expected.items():
            with self.subTest(cell):
                self.assertEqual(function(cell), value)

    def test_the_examples_of_the_docstrings_hold(self):
        for module in (normalise, normalise_text):
            self.assertEqual(doctest.testmod(module).failed, 0)

    def test_amounts_as_people_write_them(self):
        self.assertReads(
            normalise.amount,
            {
                "1.234,56": Decimal("1234.56"),
                "12,500.50": Decimal("12500.50"),
                "12\u202f500,50": Decimal("12500.50"),
                "48\u00a0000 €": Decimal(48000),
                "€ 1'500": Decimal(1500),
                "1500": Decimal(1500),
                "12.500": Decimal(12500),
                "12,5": Decimal("12.5"),
                "0,125": Decimal("0.125"),
                "12 k€": Decimal(12000),
                "1,5 M€ HT": Decimal(1500000),
                "-3 000": Decimal(-3000),
                Decimal("12.345"): Decimal("12.345"),
            },
        )

    def test_what_is_no_amount(self):
        self.assertFault(
            "not_amount",
            normalise.amount,
            "mille",
            "à voir",
            "12k",
            "1500-2000",
            "12 5",
            "1.2.3",
            "#N/A",
        )

    @patient
    @given(cents)
    def test_an_amount_is_read_back_in_each_style(self, value):
        french = f"{value:,.2f}".replace(",", " ").replace(".", ",")
        german = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
        for text in (f"{value:,.2f}", french, german, f"{value:.2f} €"):
            self.assertEqual(normalise.amount(text), value, text)

    def test_dates_as_people_write_them(self):
        day = datetime.date(2026, 10, 12)
        cells = (
            "12/10/26",
            "12-10-2026",
            "12.10.2026",
            "2026-10-12",
            "2026-10-12 14:30",
            "20261012",
            "12 octobre 2026",
            "lundi 12 oct. 2026",
            "October 12, 2026",
            "46307",
            datetime.datetime(2026, 10, 12, 9, 30),
            day,
        )
        self.assertReads(normalise.date, dict.fromkeys(cells, day))
        self.assertEqual(normalise.date("1er août 26"), datetime.date(2026, 8, 1))

    def test_what_is_no_date(self):
        self.assertFault(
            "not_date",
            normalise.date,
            "31/02/2026",
            "2026-13-01",
            "la semaine dernière",
            "12/2026",
            "12 brumaire 2026",
        )

    @patient
    @given(days)
    def test_a_day_is_read_back_in_each_style(self, day):
        serial = (day - datetime.date(1899, 12, 30)).days
        for text in (
            f"{day:%d/%m/%Y}",
            f"{day:%d-%m-%y}",
            day.isoformat(),
            str(serial),
        ):
            self.assertEqual(normalise.date(text), day, text)

    def test_phones_become_international(self):
        self.assertReads(
            normalise.phone,
            {
                "02.90.38.83.68": "+33290388368",
                "0033296075983": "+33296075983",
                "+33 (0)2 99 81 50 61": "+33299815061",
                "’0292482447": "+33292482447",
                "299560423": "+33299560423",
                "Tél. : 02 99 56 04 23": "+33299560423",
                "02 99 56 04 23 / 06 12 34 56 78": "+33299560423",
                "02/99/56/04/23": "+33299560423",
                "+32 2 555 12 12": "+3225551212",
            },
        )
        self.assertEqual(normalise.phone("0470 12 34 56", "BE"), "+32470123456")

    def test_what_is_no_phone(self):
        self.assertFault("not_phone", normalise.phone, "12", "voir carte", "02 99 56")

    def test_mails_are_cleaned(self):
        self.assertReads(
            normalise.email,
            {
                " mailto:Zoe.Coeur@Copro.EXAMPLE.": "zoe.coeur@copro.example",
                "Zoé <zoe@copro.example>": "zoe@copro.example",
                "a@b&c.example;": "a@b&c.example",
                "'jean@dupont.fr": "jean@dupont.fr",
            },
        )

    def test_what_is_no_mail(self):
        self.assertFault(
            "not_email",
            normalise.email,
            "voir carte",
            "pas d'adresse",
            "a@b",
            "jean@@dupont.fr",
            "jean@dupont..fr",
            "a@b.fr, c@d.fr",
            "jean.@dupont.fr",
        )

    def test_names_get_their_capitals(self):
        self.assertReads(
            normalise_text.person_name,
            {
                "CŒUR": "Cœur",
                "Zoë ": "Zoë",
                "LE GOFF": "Le Goff",
                "D’AUBIGNÉ": "D’Aubigné",
                "SAINT-PÈRE": "Saint-Père",
                "O'BRIEN": "O'Brien",
                "C'HOARVOR": "C'hoarvor",
                "jean-pierre": "Jean-Pierre",
                "McDonald": "McDonald",
                "CÅ’UR": "Cœur",
                "ZoÃ«": "Zoë",
            },
        )

    @patient
    @given(st.text(alphabet="ÀÉÈÊËÎÏÔÖÛÜÇŒabcdé' -’", max_size=20))
    def test_a_name_that_is_right_stays(self, text):
        once = normalise_text.person_name(text)
        self.assertEqual(normalise_text.person_name(once), once)

    @patient
    @given(st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=30))
    def test_broken_accents_are_mended(self, text):
        clean = normalise_text.clean_text(text)
        try:
            broken = clean.encode().decode("cp1252")
        except UnicodeDecodeError:
            return
        if broken != clean and normalise_text.repair_mojibake(clean) == clean:
            self.assertEqual(normalise_text.repair_mojibake(broken), clean)

    def test_a_siret_keeps_or_regains_its_zeros(self):
        self.assertReads(
            normalise.siret,
            {
                "00973718000019": "00973718000019",
                "973718000019": "00973718000019",
                "009 737 180": "009737180",
                "973718000019.0": "00973718000019",
                "35600000000048": "35600000000048",
            },
        )
        self.assertFault("check_digit", normalise.siret, "00973718000018")
        self.assertFault("not_siret", normalise.siret, "9,7372E+11", "000000000", "123")

    def test_a_postcode_is_text(self):
        self.assertReads(
            normalise.postcode,
            {"35000": "35000", "1000": "01000", "F-35000": "35000", "35 000": "35000"},
        )
        self.assertEqual(normalise.postcode("1000", "BE"), "1000")

    def test_companies_match_whatever_their_legal_form(self):
        keys = {
            normalise_text.company_key(name)
            for name in ("S.A.R.L. Vinouze", "VINOUZE SARL", "Vinouze")
        }
        self.assertEqual(keys, {"vinouze"})
        self.assertEqual(normalise_text.company_key("SCI"), "sci")
