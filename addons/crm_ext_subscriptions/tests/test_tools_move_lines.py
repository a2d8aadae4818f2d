import unittest

from odoo.addons.crm_ext_subscriptions.tools.move_lines import bundle, lay_out, signed


class TestMoveLines(unittest.TestCase):
    def lay_out(self, text, billed):
        kinds = {"S": "line_section", "n": "line_note"}
        return "".join(lay_out(text, kinds.get, lambda item: item in billed))

    def test_a_price_is_never_negative(self):
        self.assertEqual(signed(10.0, 2.0, False), (10.0, 2.0))
        self.assertEqual(signed(-10.0, 2.0, False), (10.0, -2.0))
        self.assertEqual(signed(-10.0, 2.0, True), (10.0, 2.0))
        self.assertEqual(signed(10.0, 2.0, True), (10.0, -2.0))

    def test_a_section_without_a_billed_line_is_left_out_with_its_notes(self):
        self.assertEqual(self.lay_out("SanSb", "ab"), "SanSb")
        self.assertEqual(self.lay_out("SanSb", "b"), "Sb")
        self.assertEqual(self.lay_out("nSnab", "b"), "nSnb")
        self.assertEqual(self.lay_out("Sab", ""), "")

    def test_one_key_one_bundle(self):
        found = bundle("abAcB", lambda item: item.lower() if item != "c" else None)
        self.assertEqual(found, [["a", "A"], ["b", "B"], ["c"]])
