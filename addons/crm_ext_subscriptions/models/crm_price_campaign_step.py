from odoo import models

from .crm_price_campaign import LIVE
from .crm_price_revision_notice import NOTICE_ACTIVITY


class CrmPriceCampaign(models.Model):
    """What each step does on some subscriptions, and where the campaign stands.

    A step done twice on the same subscriptions does nothing the second time.
    """

    _inherit = "crm.price.campaign"

    def _preview(self, subscriptions):
        """Reckon the prices anew; nothing of a subscription changes."""
        self._find_lines(subscriptions).unlink()
        rows = subscriptions._preview_revisions(self.effective_date, self.to_billed)
        self.env["crm.price.campaign.line"].create(
            [self._prepare_line(row) for row in rows]
        )

    def _prepare_line(self, row):
        subscription = self.env["crm.subscription"].browse(row["subscription_id"])
        return row | {
            "campaign_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": subscription.partner_id.id,
            "currency_id": subscription.currency_id.id,
            "is_chosen": row["outcome"] == "revise",
        }

    def _make(self, subscriptions):
        """Make the drafts of the prices ticked."""
        lines = self._find_lines(subscriptions).filtered(
            lambda line: (
                line.is_chosen and line.outcome == "revise" and not line.revision_id
            )
        )
        revisions = lines.line_id._revise_prices(self.effective_date)
        # sudo: a proof is closed to direct writing; this only says what it is part of
        revisions.sudo().campaign_id = self
        made = dict(zip(revisions.line_id, revisions, strict=True))
        for line in lines:
            line.revision_id = made[line.line_id]

    def _approve(self, subscriptions):
        """Make what is ticked, and approve the drafts."""
        self._make(subscriptions)
        drafts = self.env["crm.price.revision"].search(
            [
                ("campaign_id", "=", self.id),
                ("subscription_id", "in", subscriptions.ids),
                ("state", "=", "draft"),
            ]
        )
        drafts._check_may_decide("draft")
        drafts._approve()

    def _find_lines(self, subscriptions):
        return self.env["crm.price.campaign.line"].search(
            [
                ("campaign_id", "=", self.id),
                ("subscription_id", "in", subscriptions.ids),
            ]
        )

    # ------------------------------------------------------------------ state
    def _refresh_state(self):
        """The campaign is where its most backward price is."""
        counts = self._count_revisions(["state"])
        for campaign in self:
            own = counts.get(campaign.id, {})
            state = next((name for name in LIVE if own.get(name)), "undone")
            if not own:
                state = "preview" if campaign.line_ids else "new"
            if state != campaign.state:
                # sudo: an accountant applies prices without writing campaigns
                campaign.sudo().state = state

    # ------------------------------------------------------------------ screens
    def action_view_revisions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_revision_action"
        )
        return action | {"domain": [("campaign_id", "=", self.id)], "context": {}}

    def action_view_contested(self):
        action = self.action_view_revisions()
        return action | {
            "domain": [("campaign_id", "=", self.id), ("answer", "=", "contested")]
        }

    def action_view_lines(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_campaign_line_action"
        )
        context = {"search_default_" + self.env.context.get("crm_outcome", "all"): 1}
        return action | {"domain": [("campaign_id", "=", self.id)], "context": context}

    def action_view_failures(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failures"),
            "res_model": "crm.batch.failure",
            "view_mode": "list,form",
            "domain": [
                ("run_id.price_campaign_id", "=", self.id),
                ("state", "=", "open"),
            ],
        }

    def action_view_runs(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs"),
            "res_model": "crm.batch.run",
            "view_mode": "list,form",
            "domain": [("price_campaign_id", "=", self.id)],
        }

    # ------------------------------------------------------------------ alerts
    def _alert_notice(self, count, deadline):
        self.activity_schedule(
            NOTICE_ACTIVITY,
            date_deadline=deadline,
            summary=self.env["crm.price.revision"]._get_notice_summary(count),
            user_id=self.user_id.id,
        )
