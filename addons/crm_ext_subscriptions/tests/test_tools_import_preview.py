import unittest

from odoo.addons.crm_ext_subscriptions.tools.import_preview import (
    FIRST_REJECTS,
    FIRST_ROWS,
    join_previews,
    pack_together,
    to_preview,
)


class TestImportPreview(unittest.TestCase):
    def test_rows_of_one_key_stay_together(self):
        keys = [number % 7 for number in range(100)]
        parts = pack_together(keys, 30)
        self.assertEqual(sorted(rank for part in parts for rank in part), [*range(100)])
        for part in parts:
            self.assertLessEqual(len(part), 30)
        homes = [{keys[rank] for rank in part} for part in parts]
        self.assertEqual(sum(map(len, homes)), 7, "no key in two parts")

    def test_a_key_longer_than_a_part_is_one_part(self):
        self.assertEqual(pack_together("aaab", 2), [[0, 1, 2], [3]])

    def test_parts_join_to_the_preview_of_the_whole(self):
        fates = [
            (number, [str(number)], "rejected" if number % 3 else "created", "why")
            for number in range(2, 500)
        ]
        whole = to_preview(fates)
        parts = [to_preview(fates[start::4]) for start in range(4)]
        self.assertEqual(join_previews(parts), whole)
        self.assertEqual(
            whole["counts"], {"created": 166, "replayed": 0, "rejected": 332}
        )
        shown = [row["number"] for row in whole["rows"]]
        self.assertEqual(shown[:FIRST_ROWS], [*range(2, 2 + FIRST_ROWS)])
        refused = [row for row in whole["rows"] if row["outcome"] == "rejected"]
        self.assertEqual(len(refused), FIRST_REJECTS)
