from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged

from .golden_common import GoldenCase, golden


@tagged("post_install", "-at_install")
class TestIndexGoldenRpc(GoldenCase, HttpCase):
    """The golden file through `simulate`, as a program outside calls it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = cls.env["res.users.apikeys"].with_user(cls.seller)
        until = datetime.now() + timedelta(days=1)
        cls.key = keys._generate("rpc", "golden", until)

    def simulate(self, clause, **arguments):
        """JSON-2, with the seller's key."""
        answer = self.url_open(
            "/json/2/crm.index.clause/simulate",
            json={"ids": clause.ids, **arguments},
            headers={"Authorization": f"bearer {self.key}"},
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def test_each_clause_simulated(self):
        for vector in golden():
            with self.subTest(vector["id"], what=vector["what"]):
                self.run_vector(vector)

    def run_vector(self, vector):
        series, clause = self.make_clause(vector)
        self.env.flush_all()
        previous = None
        for expected in vector["revisions"]:
            answer = self.simulate(
                clause,
                price=vector["price"],
                revision_date=expected["date"],
                values=self.to_rows(vector, series),
                previous=previous,
                quantity=vector["quantity"],
            )
            self.check(answer, expected)
            if answer["status"] == "ok" and answer["limit"] != "threshold":
                previous = answer | {"date": expected["date"]}

    def check(self, answer, expected):
        if refused := expected.get("refused"):
            self.assertEqual((answer["status"], answer["reason"]), ("refused", refused))
            self.assertIn(expected["says"], answer["message"])
            return
        self.assertEqual(answer["status"], "ok", answer)
        for name in ("p1", "s0", "s1", "link", "limit", "provisional"):
            if name in expected:
                wanted = expected[name]
                self.assertEqual(answer[name], self.strip(wanted), name)
        if "warns" in expected:
            self.assertIn(expected["warns"], " ".join(answer["warnings"]))
        figures = [answer[name] for name in ("p0", "p1", "s0", "s1", "coefficient")]
        self.assertTrue(all(isinstance(figure, str) for figure in figures))

    def strip(self, wanted):
        """Figures are written without useless zeros."""
        if isinstance(wanted, str) and "." in wanted:
            return wanted.rstrip("0").rstrip(".")
        return wanted

    def test_the_worked_example_over_xml_rpc(self):
        vector = golden()[0]
        series, clause = self.make_clause(vector)
        self.env.flush_all()
        answer = self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            self.seller.id,
            self.key,
            "crm.index.clause",
            "simulate",
            [
                clause.ids,
                "500",
                "2015-02-01",
                [
                    row | {"published_on": row["published_on"] or ""}
                    for row in self.to_rows(vector, series)
                ],
            ],
        )
        self.assertEqual((answer["status"], answer["p1"]), ("ok", "502.44"))
