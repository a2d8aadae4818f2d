from odoo.tests import tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestSettings(CrmExtCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._new_user(
            "test_admin", "base.group_system,crm_ext_core.group_core_manager"
        )

    def _save(self, **values):
        settings = self.env["res.config.settings"].with_user(self.admin).create(values)
        settings.execute()

    def test_what_scores_is_switched_on_here(self):
        cron = self.env.ref("crm_ext_core.ir_cron_score")
        self._save(crm_score_nightly=True)
        self.assertTrue(cron.active)
        self._save(crm_score_nightly=False)
        self.assertFalse(cron.active)

    def test_lanes_are_added_and_taken_away_without_leaving_copies(self):
        batch_run = self.env["crm.batch.run"]
        for number in (4, 1, 3):
            self._save(crm_batch_run_lanes=number)
            self.assertEqual(len(batch_run._lane_crons().filtered("active")), number)
        self.assertEqual(len(batch_run._lane_crons()), 4)
