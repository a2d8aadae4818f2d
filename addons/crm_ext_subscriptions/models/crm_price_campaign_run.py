from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_price_revision_batch import IMMEDIATE
from .crm_price_revision_notice import NOTICE_ACTIVITY


class CrmPriceCampaign(models.Model):
    """The steps of a campaign as runs: what fails waits apart with its reason."""

    _inherit = "crm.price.campaign"

    draft_count = fields.Integer(compute="_compute_revision_counts")
    approved_count = fields.Integer(compute="_compute_revision_counts")
    applied_count = fields.Integer(compute="_compute_revision_counts")
    revision_count = fields.Integer(compute="_compute_revision_counts")
    letter_count = fields.Integer(
        string="Letters to send", compute="_compute_revision_counts"
    )
    contested_count = fields.Integer(
        string="Contested", compute="_compute_revision_counts"
    )
    run_count = fields.Integer(string="Runs", compute="_compute_runs")
    failure_count = fields.Integer(string="Failures", compute="_compute_runs")
    is_running = fields.Boolean(compute="_compute_runs")
    progress = fields.Float(compute="_compute_runs")

    @api.depends(
        "revision_ids.state",
        "revision_ids.answer",
        "revision_ids.upheld_by",
        "revision_ids.notice_sent_on",
    )
    def _compute_revision_counts(self):
        found = self._count_revisions(["state"])
        told = self._count_revisions(["state"], [("notice_sent_on", "=", False)])
        contested = self._count_revisions(
            ["state"], [("answer", "=", "contested"), ("upheld_by", "=", False)]
        )
        for campaign in self:
            own = found.get(campaign.id, {})
            campaign.draft_count = own.get("draft", 0)
            campaign.approved_count = own.get("approved", 0)
            campaign.applied_count = own.get("applied", 0)
            campaign.revision_count = sum(own.values())
            campaign.letter_count = told.get(campaign.id, {}).get("approved", 0)
            disputed = contested.get(campaign.id, {})
            campaign.contested_count = disputed.get("approved", 0) + disputed.get(
                "applied", 0
            )

    def _count_revisions(self, groups, domain=()):
        """{campaign id: {state: number of revisions}}."""
        counts = {}
        for campaign, state, count in self.env["crm.price.revision"]._read_group(
            [("campaign_id", "in", self.ids), *domain],
            ["campaign_id", *groups],
            ["__count"],
        ):
            counts.setdefault(campaign.id, {})[state] = count
        return counts

    @api.depends("run_ids.state")
    def _compute_runs(self):
        for campaign in self:
            # sudo: how far a campaign is concerns whoever may see it
            runs = campaign.sudo().run_ids
            open_runs = runs.filtered(lambda run: run.state in ("queued", "running"))
            campaign.run_count = len(runs)
            campaign.failure_count = sum(runs.mapped("failure_count"))
            campaign.is_running = bool(open_runs)
            campaign.progress = min(open_runs.mapped("progress"), default=100.0)

    # ------------------------------------------------------------------ actions
    def action_preview(self):
        """Reckon every price of the scope; nothing of a subscription changes."""
        self._check_idle()
        self.line_ids.unlink()
        self._run_units("preview", self._get_subscriptions())
        return True

    def action_make(self):
        """Make the revisions of the chosen prices, as drafts."""
        self._run_units("make", self._get_chosen().subscription_id)
        return True

    def action_approve(self):
        """Make the revisions of the chosen prices and approve them, drafts included."""
        drafts = self.revision_ids.filtered(lambda one: one.state == "draft")
        chosen = self._get_chosen(drafts.subscription_id)
        self._run_units("approve", chosen.subscription_id | drafts.subscription_id)
        return True

    def action_send_letters(self):
        """Send the letters of the approved prices that nobody was told of."""
        untold = self._get_in("approved").filtered(lambda one: not one.notice_sent_on)
        return self._run_step("letter", untold)

    def action_apply(self):
        """Change the prices that are approved."""
        return self._run_step(
            "apply", self._get_in("approved"), to_billed=self.to_billed
        )

    def action_undo(self):
        """Take back every price of the campaign at which nothing was invoiced."""
        return self._run_step("undo", self._get_in("applied"))

    def action_cancel(self):
        """Drop the prices that are not applied."""
        return self._run_step("cancel", self._get_in("draft", "approved"))

    def _get_in(self, *states):
        return self.revision_ids.filtered(lambda one: one.state in states)

    def _get_chosen(self, else_done=None):
        chosen = self.line_ids.filtered(
            lambda line: (
                line.is_chosen and line.outcome == "revise" and not line.revision_id
            )
        )
        if not chosen and not else_done:
            raise UserError(self.env._("Tick at least one price."))
        return chosen

    def _get_subscriptions(self):
        living = Domain("state", "=", "running")
        ended = Domain("state", "in", ("paused", "closed"))
        with_clause = Domain("clause_ids", "!=", False)
        domain = (living | (ended & with_clause)) & Domain(
            "company_id", "=", self.company_id.id
        )
        if self.index_ids:
            domain &= Domain("clause_ids.index_id", "in", self.index_ids.ids)
        if self.plan_ids:
            domain &= Domain("plan_id", "in", self.plan_ids.ids)
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            domain &= Domain("commercial_partner_id", "in", customers.ids)
        return self.env["crm.subscription"].search(domain)

    # ------------------------------------------------------------------ runs
    def _check_idle(self):
        if self.is_running:
            raise UserError(
                self.env._("A run of this campaign is under way: wait for its end.")
            )

    def _run_step(self, step, revisions, **options):
        """A step on the revisions of the campaign."""
        self._check_idle()
        revisions._check_may_decide(None)
        if not revisions:
            raise UserError(self.env._("No price of this campaign is at that stage."))
        run = revisions._enqueue_step(step, **options)
        run._set_price_campaign(self)
        if len(revisions) <= IMMEDIATE:
            run._run_now()
        if step == "letter":
            self.activity_feedback([NOTICE_ACTIVITY])
        return True

    def _run_units(self, step, subscriptions):
        """A step that makes the campaign's own prices, one unit a subscription."""
        self._check_idle()
        run = self.env["crm.batch.run"]._enqueue(
            "price_campaign",
            [{"res_id": subscription.id} for subscription in subscriptions],
            name=f"{self.display_name} - {self._get_step_name(step)}",
            payload={"step": step, "campaign_id": self.id},
        )
        run._set_price_campaign(self)
        if len(subscriptions) <= IMMEDIATE:
            run._run_now()

    @api.model
    def _get_step_name(self, step):
        return {
            "preview": self.env._("preview"),
            "make": self.env._("drafts"),
            "approve": self.env._("approval"),
        }[step]

    @api.model
    def _batch_process(self, run, units):
        """Carry a step of a campaign out (kind "price_campaign")."""
        # who decided and when is written on the records: no message for each
        quiet = self.with_context(tracking_disable=True)
        campaign = quiet.browse(run.payload["campaign_id"])
        subscriptions = quiet.env["crm.subscription"].browse(units.mapped("res_id"))
        getattr(campaign, f"_{run.payload['step']}")(subscriptions.exists())

    @api.model
    def _batch_done(self, run):
        run.price_campaign_id._refresh_state()

    @api.model
    def _batch_unit_label(self, unit):
        return self.env["crm.price.revision"]._batch_unit_label(unit)
