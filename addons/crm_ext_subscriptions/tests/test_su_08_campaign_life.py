from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models import crm_price_campaign_run, crm_price_revision_batch
from .revision_common import DAY, RevisionCase


@tagged("post_install", "-at_install")
class TestSu08CampaignLife(RevisionCase):
    """A campaign from its preview to its undo: a record, and runs when it is large."""

    def setUp(self):
        super().setUp()
        self.verify_series()
        self.first, self.second, self.third = (self.indexed() for _number in range(3))

    def make_large(self):
        """From here on, even these few are long work."""
        for module in (crm_price_campaign_run, crm_price_revision_batch):
            self.patch(module, "IMMEDIATE", 1)

    def prices(self):
        return [
            self.price_at(one, DAY) for one in (self.first, self.second, self.third)
        ]

    def test_su_08_it_is_kept_with_its_totals(self):
        campaign = self.campaign()
        self.assertEqual(campaign.state, "preview")
        self.assertEqual(campaign.old_year, 18000.0)
        self.assertEqual(campaign.new_year, 18087.84)
        self.assertEqual(campaign.effect_year, 87.84)
        self.assertEqual(round(campaign.effect_percent, 2), 0.49)
        self.env.invalidate_all()
        found = self.env["crm.price.campaign"].with_user(self.accountant).search([])
        self.assertIn(campaign, found)

    def test_su_08_all_its_steps(self):
        campaign = self.campaign()
        campaign.action_make()
        self.assertEqual((campaign.state, campaign.draft_count), ("draft", 3))
        campaign.action_approve()
        self.assertEqual((campaign.state, campaign.approved_count), ("approved", 3))
        self.assertEqual(campaign.letter_count, 3)
        with freeze_time(date(2014, 12, 1)):
            campaign.action_send_letters()
        self.assertEqual(campaign.letter_count, 0)
        campaign.with_user(self.accountant).action_apply()
        self.assertEqual((campaign.state, campaign.applied_count), ("applied", 3))
        self.assertEqual(self.prices(), [502.44] * 3)
        campaign.action_undo()
        self.assertEqual(campaign.state, "undone")
        self.assertEqual(self.prices(), [500.0] * 3)

    def test_su_08_what_fails_waits_apart_with_a_retry(self):
        campaign = self.campaign()
        campaign.action_approve()
        self.bill(self.second, DAY)
        campaign.action_apply()
        self.assertEqual(self.prices(), [502.44, 500.0, 502.44])
        self.assertEqual(campaign.failure_count, 1)
        failure = self.env["crm.batch.failure"].search(
            campaign.action_view_failures()["domain"]
        )
        self.assertIn("billed until", failure.reason)
        self.assertIn(self.second.name, failure.name)
        self.assertEqual(campaign.state, "approved")
        self.second.clause_ids.billed_days = "adjust"
        failure.with_user(self.manager).action_retry()
        self.run_batches()
        self.assertEqual(self.prices(), [502.44] * 3)
        self.assertEqual((campaign.state, campaign.failure_count), ("applied", 0))

    def test_su_08_billed_prices_are_exceptions_unless_asked_for(self):
        self.bill(self.second, DAY)
        campaign = self.campaign()
        apart = campaign.exception_ids
        self.assertEqual(
            (apart.subscription_id, apart.outcome), (self.second, "billed")
        )
        campaign = self.campaign(to_billed=True)
        self.assertEqual(campaign.ready_count, 3)
        campaign.action_approve()
        campaign.action_apply()
        self.assertEqual(self.prices(), [502.44] * 3)
        self.assertEqual(self.adjustments_of(self.second), [2.44])

    def test_su_08_a_large_one_is_runs_with_progress(self):
        self.make_large()
        campaign = self.campaign()
        self.assertTrue(campaign.is_running)
        self.assertFalse(campaign.line_ids)
        with self.assertRaisesRegex(UserError, "under way"):
            campaign.action_preview()
        self.run_batches()
        self.env.invalidate_all()
        self.assertEqual((campaign.ready_count, campaign.progress), (3, 100.0))
        for step, state in (
            ("action_approve", "approved"),
            ("action_apply", "applied"),
            ("action_undo", "undone"),
        ):
            getattr(campaign, step)()
            self.assertTrue(campaign.is_running)
            self.run_batches()
            self.env.invalidate_all()
            self.assertEqual(campaign.state, state)
        self.assertEqual(self.prices(), [500.0] * 3)

    @freeze_time(date(2014, 12, 1))
    def test_su_08_many_letters_are_a_run_and_go_once(self):
        self.make_large()
        campaign = self.campaign()
        self.run_batches()
        campaign.action_approve()
        self.run_batches()
        self.env.invalidate_all()
        runs = [campaign.revision_ids._enqueue_step("letter") for _click in range(2)]
        self.run_batches()
        self.env.invalidate_all()
        self.assertEqual([run.failure_count for run in runs], [0, 0])
        self.assertEqual(campaign.letter_count, 0)
        for subscription in (self.first, self.second, self.third):
            sent = subscription.message_ids.filtered("attachment_ids")
            self.assertEqual(len(sent), 1)
            # in the queue: no chunk waits for a mail server
            self.assertEqual(sent.sudo().mail_ids.state, "outgoing")

    def test_su_08_a_price_campaign_takes_few_queries(self):
        """The cost grows by what is written, not by a query a subscription."""
        campaign = self.campaign()
        subscriptions = self.first | self.second | self.third
        counts = []
        campaign._preview(subscriptions)
        for part in (self.first, subscriptions):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaign._preview(part)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_su_08_a_run_done_twice_does_nothing_twice(self):
        self.make_large()
        campaign = self.campaign()
        self.run_batches()
        campaign.action_approve()
        self.run_batches()
        revisions = campaign.revision_ids
        one = revisions._enqueue_step("apply")
        two = revisions._enqueue_step("apply")
        self.run_batches()
        self.assertEqual((one.failure_count, two.failure_count), (0, 0))
        for subscription in (self.first, self.second, self.third):
            versions = subscription.line_ids.version_ids.filtered("price_revision_id")
            self.assertEqual(len(versions), 1)

    def test_su_08_many_chosen_in_a_list_are_a_run(self):
        self.make_large()
        revisions = self.revise(self.first | self.second | self.third)
        action = revisions.action_approve()
        self.assertEqual(action["res_model"], "crm.batch.run")
        self.run_batches()
        self.assertEqual(set(revisions.mapped("state")), {"approved"})

    def test_su_08_cancel_drops_what_is_not_applied(self):
        campaign = self.campaign()
        campaign.action_approve()
        self.first.revision_ids.with_user(self.manager).action_apply()
        self.assertEqual(campaign.state, "approved")
        campaign.action_cancel()
        self.assertEqual(self.second.revision_ids.state, "cancelled")
        self.assertEqual(campaign.state, "applied")
        self.assertEqual(self.prices(), [502.44, 500.0, 500.0])

    def test_su_08_a_private_individual_stands_apart(self):
        self.partner.write({"is_company": False, "vat": False})
        campaign = self.campaign()
        self.assertEqual(set(campaign.line_ids.mapped("outcome")), {"individual"})
        self.assertIn("R212-1", campaign.line_ids[0].reason)

    def test_su_08_sellers_have_no_campaigns(self):
        campaign = self.campaign()
        with self.assertRaises(AccessError):
            campaign.with_user(self.seller).read(["state"])
        with self.assertRaises(AccessError):
            campaign.with_user(self.seller).write({"to_billed": True})

    def test_su_08_an_accountant_carries_one_out(self):
        """She books the invoices: she may prepare and approve what they are made of."""
        campaigns = self.env["crm.price.campaign"].with_user(self.accountant)
        campaign = campaigns.create(
            {"effective_date": DAY, "plan_ids": [(6, 0, self.monthly_plan.ids)]}
        )
        campaign.action_preview()
        campaign.line_ids.filtered(
            lambda line: line.subscription_id == self.third
        ).is_chosen = False
        campaign.action_approve()
        self.assertEqual(campaign.revision_ids.approved_by, self.accountant)
        with freeze_time(date(2014, 12, 1)):
            campaign.action_send_letters()
        campaign.action_apply()
        self.assertEqual(campaign.state, "applied")
        self.assertEqual(self.prices(), [502.44, 502.44, 500.0])
