from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSubscription(models.Model):
    """Price revision by the subscription's clause: one revision a line."""

    _inherit = "crm.subscription"

    def action_confirm(self):
        """A subscription without a clause of its own takes its plan's."""
        for subscription in self.filtered(lambda sub: not sub.clause_ids):
            subscription._copy_plan_clause()
        return super().action_confirm()

    def _copy_plan_clause(self):
        # sudo: the plan's clause binds whoever sells the plan
        clause = self.plan_id.sudo().clause_ids
        if clause:
            answer = {"derogation_reason": clause.derogation_reason}
            clause.copy({"subscription_id": self.id, "plan_id": False} | answer)

    def action_revise_price(self):
        """Ask for the effective date, the next due date by default."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revise price"),
            "res_model": "crm.price.revise",
            "view_mode": "form",
            "target": "new",
            "context": {"default_subscription_ids": self.ids},
        }

    def revise_price(self, effective_date):
        """Compute the revision of every indexed line at a date, as drafts to approve.

        :param effective_date: first day of the new price
        :return: ids of the revisions
        """
        return self._revise_price(fields.Date.to_date(effective_date)).ids

    def _revise_price(self, day):
        for subscription in self:
            subscription._get_revision_clause(day)
        return self.line_ids.filtered(self._is_revised)._revise_prices(day)

    @api.model
    def _is_revised(self, line):
        """A recurring price that was agreed: catalogue prices are read anew instead."""
        return (
            line.is_indexed
            and line.product_id
            and line.line_type == "recurring"
            and line.price_mode == "fixed"
        )

    def _get_revision_clause(self, day):
        self.ensure_one()
        if not self.clause_ids:
            raise UserError(self.env._("%(name)s has no index clause.", name=self.name))
        if self.state != "running":
            raise UserError(self.env._("%(name)s is not running.", name=self.name))
        if day <= self.date_start or (self.date_end and day > self.date_end):
            raise UserError(
                self.env._(
                    "%(name)s: the effective date lies outside the contract.",
                    name=self.name,
                )
            )
        self.clause_ids._check_customer()
        return self.clause_ids

    def action_view_revisions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_revision_action"
        )
        return action | {
            "domain": [("subscription_id", "in", self.ids)],
            "context": {},
        }
