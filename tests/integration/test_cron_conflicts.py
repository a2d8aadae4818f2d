"""Somebody changes a lead while a scheduled action works on it: two connections to a
database of their own, where what they write is committed.
"""

from datetime import timedelta
from unittest import TestCase
from unittest.mock import patch

from support.bench import own_database

from odoo import SUPERUSER_ID, api
from odoo.fields import Command, Datetime
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import mute_logger

RULES = ("crm.assignment.rule", "crm.funnel.rule")


class TestCronConflicts(TestCase):
    """A scheduled action goes on after a conflict with a person at work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _base, name = cls.enterClassContext(own_database("conflicts"))
        cls.registry = Registry(name)
        cls.addClassCleanup(close_db, name)
        cls.addClassCleanup(Registry.delete, name)

    def setUp(self):
        super().setUp()
        self.cr = self.registry.cursor()
        self.addCleanup(self.cr.close)
        self.env = api.Environment(self.cr, SUPERUSER_ID, {"tracking_disable": True})
        self.admin = self.env.ref("base.user_admin")
        self.others = {name: self.env[name].search([]) for name in RULES}
        for rules in self.others.values():
            rules.active = False
        self.team = self.env["crm.team"].create(
            {"name": "Conflicts", "user_id": self.admin.id}
        )
        self.stage = self.env["crm.stage"].create(
            {"name": "Conflicts", "team_ids": self.team.ids}
        )
        self.tag = self.env["crm.tag"].create({"name": "Conflicts"})
        self.taken, self.free = self.leads = self.env["crm.lead"].create(
            [self.prepare_lead(name) for name in ("Taken", "Free")]
        )
        self.cr.commit()
        self.addCleanup(self.clear)

    def prepare_lead(self, name):
        before = Datetime.now() - timedelta(days=9)
        return {
            "name": name,
            "type": "opportunity",
            "team_id": self.team.id,
            "stage_id": self.stage.id,
            "user_id": False,
            "date_last_stage_update": before,
            "crm_waiting_since": before,
        }

    def clear(self):
        self.cr.rollback()
        self.leads.exists().unlink()
        for name in RULES:
            self.env[name].search([]).unlink()
            self.others[name].active = True
        self.team.crm_team_member_all_ids.unlink()
        self.tag.unlink()
        self.stage.unlink()
        self.team.unlink()
        self.cr.commit()

    def change(self, values):
        """What another person's request does, in its own transaction."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            env["crm.lead"].browse(self.taken.id).write(values)

    def meanwhile(self, model, method, values):
        """Let the change happen once, right before the scheduled action goes on."""
        calls, own = [], getattr(self.registry[model], method)

        def wrapped(records, *args):
            calls.append(True)
            if len(calls) == 1:
                records.env.cr.execute("SELECT 1")  # the snapshot stands from here on
                self.change(values)
            return own(records, *args)

        patcher = patch.object(self.registry[model], method, wrapped)
        self.addCleanup(patcher.stop)
        patcher.start()
        return calls

    @mute_logger("odoo.sql_db")
    def test_co_19_a_lead_that_somebody_takes_does_not_stop_the_others(self):
        self.env["crm.team.member"].create(
            {"crm_team_id": self.team.id, "user_id": self.admin.id}
        )
        self.env["crm.assignment.rule"].create(
            {
                "name": "Conflicts",
                "team_id": self.team.id,
                "use_absence": False,
                "use_capacity": False,
                "domain": f"[('team_id', '=', {self.team.id})]",
            }
        )
        self.cr.commit()
        calls = self.meanwhile(
            "crm.assignment.decision", "_apply", {"user_id": self.admin.id}
        )
        self.env["crm.assignment.rule"]._cron_assign()
        self.assertEqual(len(calls), 2)
        self.assertFalse(self.taken.crm_assignment_ids)
        self.assertEqual(self.free.crm_assignment_ids.user_id, self.admin)
        self.assertEqual(self.free.user_id, self.admin)

    @mute_logger("odoo.sql_db")
    def test_co_28_a_card_that_somebody_edits_does_not_stop_the_others(self):
        tags = [Command.set(self.tag.ids)]
        self.env["crm.funnel.rule"].create(
            {
                "name": "Conflicts",
                "stage_id": self.stage.id,
                "moment": "stale",
                "stale_days": 5,
                "action_ids": [Command.create({"kind": "tag", "tag_ids": tags})],
            }
        )
        self.cr.commit()
        calls = self.meanwhile("crm.funnel.firing", "_carry_out", {"priority": "1"})
        self.env["crm.funnel.rule"]._cron_fire()
        self.assertEqual(len(calls), 2)
        self.assertEqual(self.leads.crm_funnel_firing_ids.mapped("state"), ["done"] * 2)
        self.assertEqual(self.leads.tag_ids, self.tag)
        self.assertEqual(self.taken.priority, "1")

    @mute_logger("odoo.sql_db")
    def test_co_41_a_lead_that_somebody_takes_does_not_stop_the_warnings(self):
        self.team.crm_answer_hours = 1
        self.cr.commit()
        calls = self.meanwhile(
            "crm.lead", "_crm_warn_unanswered", {"user_id": self.admin.id}
        )
        self.env["crm.team"]._cron_warn_unanswered()
        self.assertGreaterEqual(len(calls), 2)
        self.assertEqual(len(self.leads.activity_ids), 2)
