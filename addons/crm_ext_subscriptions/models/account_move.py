from odoo import fields, models


class AccountMove(models.Model):
    """Invoices stay the host's; a cancelled one frees the periods that it billed."""

    _inherit = "account.move"

    crm_subscription_count = fields.Integer(compute="_compute_crm_subscription_count")

    def _compute_crm_subscription_count(self):
        for move in self:
            move.crm_subscription_count = len(move._crm_get_subscriptions())

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        revived = self.filtered(lambda move: move.state == "cancel")
        res = super().write(vals)
        # who cancels or revives an invoice does not need write access to the ledger
        if vals["state"] == "cancel":
            lines = (self - revived).sudo().line_ids.filtered("crm_billing_period_id")
            lines.crm_billing_period_id._free("cancelled", lines)
        else:
            revived.sudo().line_ids.crm_billing_period_id._restore()
        return res

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note corrects an invoice: it does not bear the period."""
        moves = self.with_context(crm_carry_periods=False)
        return super(AccountMove, moves)._reverse_moves(default_values_list, cancel)

    def action_view_crm_subscriptions(self):
        subscriptions = self._crm_get_subscriptions()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_subscription_action"
        )
        if len(subscriptions) == 1:
            return action | {
                "views": [(False, "form")],
                "view_mode": "form",
                "res_id": subscriptions.id,
            }
        return action | {"domain": [("id", "in", subscriptions.ids)], "context": {}}

    def _crm_get_subscriptions(self):
        moves = self | self.reversed_entry_id
        # the link is read through the ledger; the subscriptions open under the reader's
        # own rights
        rows = moves.sudo().invoice_line_ids.crm_billing_period_id
        return rows.subscription_id.sudo(False)

    def _crm_action_open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if len(self) == 1:
            return action | {
                "views": [(self.env.ref("account.view_move_form").id, "form")],
                "view_mode": "form",
                "res_id": self.id,
            }
        return action | {"domain": [("id", "in", self.ids)], "context": {}}

    def _crm_log_billing(self):
        """One log note an invoice, written in bulk, since tracking is off."""
        self._message_log_batch(
            bodies={
                move.id: move.env._(
                    "Billed from subscription %(name)s", name=move.invoice_origin
                )
                for move in self
            }
        )
