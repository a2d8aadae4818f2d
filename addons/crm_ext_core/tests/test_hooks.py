from odoo.tests import tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestHooks(CrmExtCase):
    def test_batch_kinds_name_a_model_that_does_the_work(self):
        for code, kind in self.env["crm.hooks"]._batch_kinds().items():
            with self.subTest(code):
                self.assertTrue(hasattr(self.env[kind.model], "_batch_process"))
