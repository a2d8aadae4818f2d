from odoo import api, fields, models


class CrmSubscription(models.Model):
    """Usage of a subscription: what was metered, credits paid in advance, billing."""

    _inherit = "crm.subscription"

    usage_credit_ids = fields.One2many("crm.usage.credit", "subscription_id")
    usage_event_count = fields.Integer(
        string="Usage", compute="_compute_usage_event_count"
    )
    has_usage = fields.Boolean(compute="_compute_has_usage")

    def _compute_usage_event_count(self):
        counts = dict(
            self.env["crm.usage.event"]._read_group(
                [("subscription_id", "in", self.ids)], ["subscription_id"], ["__count"]
            )
        )
        for subscription in self:
            subscription.usage_event_count = counts.get(subscription, 0)

    @api.depends("line_ids.line_type")
    def _compute_has_usage(self):
        for subscription in self:
            types = subscription.line_ids.mapped("line_type")
            subscription.has_usage = "usage" in types

    def action_view_usage(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_usage_event_action"
        )
        line = self.line_ids.filtered(lambda line: line.line_type == "usage")[:1]
        return action | {
            "domain": [("subscription_id", "in", self.ids)],
            "context": {
                "default_line_id": line.id,
                "default_meter_id": line.meter_id.id,
            },
        }

    def _prepare_due_rows(self, until):
        """Usage of all lines is priced at once, with late usage of billed periods."""
        rows = super()._prepare_due_rows(until)
        lines = self._get_billed_lines().filtered(lambda it: it.line_type == "usage")
        covered = self.env["crm.billing.period"]._covered_until(lines)
        jobs = [
            (line, period)
            for line in lines
            for period in line._get_due_periods(until, covered.get(line))
        ]
        purse = self.env["crm.usage.credit"]._open_purse(self)
        rows += lines._prepare_late_rows(until, purse)
        return rows + lines._prepare_usage_rows(jobs, purse)
