from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .mrr_common import MrrCase


@tagged("post_install", "-at_install")
class TestDigest(MrrCase):
    """MRR, new MRR and customers lost of a month, in the digest of who may read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move("Alder", date(2025, 1, 1), "new", 100.0)
        cls.move("Birch", date(2025, 1, 1), "new", 40.0)
        cls.move("Cedar", date(2025, 5, 10), "new", 70.0)
        cls.move("Birch", date(2025, 5, 20), "churn", -40.0, cause="close")
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Of the firm",
                "company_id": cls.firm.id,
                "kpi_crm_mrr": True,
                "kpi_crm_mrr_new": True,
                "kpi_crm_churned": True,
            }
        )

    def may(self, user):
        return self.digest.with_user(user).with_context(
            start_datetime=datetime(2025, 4, 30, 6),
            end_datetime=datetime(2025, 5, 31, 6),
        )

    def test_su_13_a_month_in_the_digest(self):
        found = self.may(self.manager)
        self.assertEqual(
            (
                found.kpi_crm_mrr_value,
                found.kpi_crm_mrr_new_value,
                found.kpi_crm_churned_value,
            ),
            (170.0, 70.0, 1),
        )

    def test_su_13_each_figure_has_its_action(self):
        actions = self.digest._compute_kpis_actions(self.firm, self.manager)
        for name in ("kpi_crm_mrr", "kpi_crm_mrr_new", "kpi_crm_churned"):
            action = actions[name].partition("?")[0]
            self.assertTrue(self.env.ref(action).res_model.startswith("crm.mrr."))

    def test_su_13_who_may_not_read_gets_none(self):
        with self.assertRaises(AccessError):
            self.may(self.stranger)._compute_kpi_crm_mrr_value()
        names = [
            kpi["kpi_name"]
            for kpi in self.digest._compute_kpis(self.firm, self.stranger)
        ]
        self.assertNotIn("kpi_crm_mrr", names)
