from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.capture import (
    CaptureError,
    FieldSpec,
    is_robot,
    origin_of,
    read_origins,
    read_utm,
    read_values,
)

NAME = FieldSpec("contact_name", "line", required=True)
MAIL = FieldSpec("email_from", "email")
CHOICE = FieldSpec("other_1", "choice", choices=("A", "B"))


class TestCapture(TestCase):
    """What a post may hold."""

    def faults(self, specs, posted):
        with self.assertRaises(CaptureError) as refused:
            read_values(specs, posted)
        return refused.exception.faults

    def test_clean_values(self):
        posted = {"contact_name": " Zoé  Cœur ", "email_from": "ZOE@A.FR", "x": "y"}
        self.assertEqual(
            read_values([NAME, MAIL], posted),
            {"contact_name": "Zoé Cœur", "email_from": "zoe@a.fr"},
        )

    def test_every_fault_at_once(self):
        posted = {"email_from": "zoe", "other_1": "C"}
        self.assertEqual(
            self.faults([NAME, MAIL, CHOICE], posted),
            {
                "contact_name": "required",
                "email_from": "not_email",
                "other_1": "not_choice",
            },
        )

    def test_too_long(self):
        self.assertEqual(
            self.faults([NAME], {"contact_name": "x" * 201}),
            {"contact_name": "too_long"},
        )

    @given(st.dictionaries(st.text(max_size=10), st.text(max_size=300)))
    def test_whatever_comes_is_read_or_refused(self, posted):
        try:
            values = read_values([NAME, MAIL, CHOICE], posted)
        except CaptureError as error:
            self.assertTrue(error.faults)
        else:
            self.assertLessEqual(
                values.keys(), {"contact_name", "email_from", "other_1"}
            )

    def test_origins(self):
        self.assertEqual(
            read_origins("https://A.example/\n\nhttp://b.example:8080"),
            ("https://a.example", "http://b.example:8080"),
        )
        with self.assertRaises(CaptureError):
            read_origins("a.example")
        self.assertEqual(origin_of("https://[bad"), "")
        self.assertEqual(origin_of("javascript:alert(1)"), "")

    @given(st.text(max_size=200))
    def test_any_address_is_read(self, url):
        self.assertIsInstance(read_utm(url), dict)
        self.assertIsInstance(origin_of(url), str)

    def test_robots_are_told_from_persons(self):
        for robot in (
            "no-reply@a.example",
            "Shop <noreply+12@a.example>",
            "Ne_pas_repondre@a.example",
            "wordpress@a.example",
        ):
            self.assertTrue(is_robot(robot), robot)
        for person in ("zoe@noreply.example", "Noé <noe@a.example>", ""):
            self.assertFalse(is_robot(person), person)
