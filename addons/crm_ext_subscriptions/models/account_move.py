from odoo import fields, models

from .account_move_line import CREDIT

CREDIT_EFFECTS = [
    ("gap", "Explained gap: the days stay unbilled"),
    ("again", "Bill again: a new draft invoice for the same days"),
    ("correction", "Correction only: the days stay billed"),
]


class AccountMove(models.Model):
    """Invoices stay the host's; what becomes of them reaches the ledger."""

    _name = "account.move"
    _inherit = ["account.move", "crm.complete.mixin"]

    # plain and nullable: no row of the table is rewritten
    crm_credit_effect = fields.Selection(
        CREDIT_EFFECTS,
        string="Credited periods",
        copy=False,
        help="What becomes of the subscription periods that this credit note credits "
        "in full, once it is posted.",
    )
    crm_subscription_count = fields.Integer(compute="_compute_crm_subscription_count")

    def _compute_crm_subscription_count(self):
        for move in self:
            move.crm_subscription_count = len(move._crm_get_subscriptions())

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        state = vals["state"]
        changed = self.filtered(
            lambda move: (
                move.state != state
                and (
                    "cancel" in (state, move.state)
                    or (move.move_type == "out_refund" and move.crm_credit_effect)
                )
            )
        )
        res = super().write(vals)
        changed._crm_get_periods()._review()
        return res

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note corrects an invoice: it does not bear the period, it tells what
        becomes of it. Reverse-and-create bills the days by the new invoice."""
        effect = self.env.context.get("crm_credit_effect", "gap")
        defaults = default_values_list or [{} for _move in self]
        for move, values in zip(self, defaults, strict=True):
            if move._crm_get_periods():
                values["crm_credit_effect"] = effect
        moves = self.with_context(crm_ledger=CREDIT)
        reverse = super(AccountMove, moves)._reverse_moves(defaults, cancel)
        return reverse.with_context(crm_ledger=None)

    def action_view_crm_subscriptions(self):
        return self._crm_get_subscriptions()._get_open_action()

    def _crm_get_periods(self):
        """The ledger rows that these documents bear, bore, or credit."""
        # the link is read through the ledger, whatever the reader may see of it
        lines = self.sudo().invoice_line_ids
        return lines.crm_billing_period_id | lines.crm_related_period_id

    def _crm_get_subscriptions(self):
        # the subscriptions open under the reader's own rights
        return self._crm_get_periods().subscription_id.sudo(False)

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

    def _crm_queue_sending(self):
        """Hand the invoices to the host's sending job, by nobody's click."""
        if not self:
            return
        self.sending_data = {
            "author_user_id": self.env.uid,
            "author_partner_id": self.env.user.partner_id.id,
        }
        # sudo: waking a scheduled action is no right of the accountant
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()
