from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

SHARED_DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def real_data(relative, test_file):
    """The real input of that name, or the addon's own small sample of the same kind.

    :param relative: such as "import/salon/leads_salon.csv"
    :param test_file: `__file__` of the caller; samples lie in its folder's samples/
    """
    real = SHARED_DATA / relative
    return real if real.exists() else Path(test_file).parent / "samples" / relative


class CrmExtCase(TransactionCase):
    """Users and helpers shared by the tests of all addons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True).env
        cls.salesperson = cls._new_user(
            "test_salesperson", "sales_team.group_sale_salesman"
        )
        cls.sales_manager = cls._new_user(
            "test_sales_manager", "sales_team.group_sale_manager"
        )
        cls.stranger = cls._new_user("test_stranger", "base.group_user")
        # what an installation or an upgrade queued would be done before our own
        cls.env["crm.batch.run"].search(
            [("state", "in", ("queued", "running"))]
        ).action_cancel()

    @classmethod
    def _new_user(cls, login, groups, **values):
        # tests read what is written in the user's language, whatever is the default
        values = {"lang": "en_US", "email": f"{login}@crm-ext.example"} | values
        return new_test_user(cls.env, login, groups=groups, **values)

    @classmethod
    def _give_method(cls, model, name, method):
        """Let a model have a method until the end of the class, as an addon would."""
        patcher = patch.object(cls.registry[model], name, method, create=True)
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    @classmethod
    def _plug_in(cls, hook, entries):
        """Add entries to a hook of core until the end of the class, as an addon
        would."""
        hooks = cls.registry["crm.hooks"]
        own = getattr(hooks, hook)

        def extended(self, *args):
            theirs = entries(self, *args) if callable(entries) else entries
            found = own(self, *args)
            return found + theirs if isinstance(found, list) else found | theirs

        cls._give_method("crm.hooks", hook, extended)

    def run_batches(self):
        """Do what the lanes would do, in this test's transaction, until nothing is
        left."""
        batch_run = self.env["crm.batch.run"].sudo()
        while batch_run._process_next_chunk() is not None:
            continue
