from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A confirmed order makes one subscription a plan, once, whoever confirms it.

    The salesperson's button, the customer's signature and an online payment all end in
    `_action_confirm`. A unique index lets an order line enter one subscription only.
    """

    _inherit = "sale.order"

    crm_subscription_ids = fields.One2many(
        "crm.subscription", "sale_order_id", string="Subscriptions"
    )
    crm_subscription_count = fields.Integer(compute="_compute_crm_subscription_count")
    crm_date_start = fields.Date(
        string="Subscriptions start",
        copy=False,
        help="First day billed; empty: the day on which the order is confirmed.",
    )
    crm_renews_id = fields.Many2one(
        "crm.subscription",
        string="Renews",
        copy=False,
        check_company=True,
        index="btree_not_null",
        help="Confirming the quotation renews this subscription at the terms of the "
        "quotation, instead of making another one.",
    )

    crm_renewal_change_id = fields.Many2one(
        "crm.subscription.change",
        string="Renewal",
        copy=False,
        readonly=True,
        help="What the confirmation of this quotation changed; it does so once.",
    )

    def _compute_crm_subscription_count(self):
        for order in self:
            order.crm_subscription_count = len(order._crm_get_subscriptions())

    def _crm_get_subscriptions(self):
        # sudo: a number for whoever sells; the subscriptions open under his own rights
        order = self.sudo()
        return (order.crm_subscription_ids | order.crm_renews_id).sudo(False)

    def action_view_crm_subscriptions(self):
        return self._crm_get_subscriptions()._get_open_action()

    # ------------------------------------------------------------------ confirm
    def _action_confirm(self):
        res = super()._action_confirm()
        for order in self:
            if order.crm_renews_id:
                order._crm_renew()
            else:
                order._crm_make_subscriptions()
        return res

    def _crm_renew(self):
        """Renew the subscription, unless an earlier confirmation did."""
        self.ensure_one()
        # sudo: whoever may confirm a renewal, the customer included, renews
        order = self.sudo()
        if not order.crm_renewal_change_id:
            order.crm_renewal_change_id = order.crm_renews_id._renew(order)
            order._message_log(
                body=self.env._(
                    "Renewed: %(link)s.", link=order.crm_renews_id._get_html_link()
                )
            )

    def _crm_make_subscriptions(self):
        """Make what the order's recurring lines ask for, unless it is there already."""
        self.ensure_one()
        # sudo: who confirms an order, the customer included, need not be allowed to
        # enter subscriptions
        order = self.sudo()
        lines = order.order_line.filtered(
            lambda line: (
                line.crm_plan_id
                and line.product_uom_qty
                and not line.crm_subscription_line_ids
            )
        )
        # sudo: as above
        subscriptions = self.env["crm.subscription"].sudo()
        for plan, own in lines.grouped("crm_plan_id").items():
            subscriptions += subscriptions.with_company(order.company_id).create(
                order._prepare_subscription(plan, own)
            )
        if subscriptions and not order._crm_checks_first():
            subscriptions.action_confirm()
        order._crm_tell_subscriptions(subscriptions)
        return subscriptions.sudo(False)

    def _crm_checks_first(self):
        # sudo: a setting, whoever confirms
        parameters = self.env["ir.config_parameter"].sudo()
        return bool(parameters.get_param("crm_ext_subscriptions.order_draft"))

    def _prepare_subscription(self, plan, lines):
        """Values of the subscription that bills these lines of the order."""
        self.ensure_one()
        values = {
            "sale_order_id": self.id,
            "partner_id": self.partner_id.id,
            "partner_invoice_id": self.partner_invoice_id.id,
            "client_order_ref": self.client_order_ref,
            "user_id": self.user_id.id,
            "company_id": self.company_id.id,
            "plan_id": plan.id,
            "date_start": self.crm_date_start or self.company_id._crm_today(),
            "pricelist_id": self.pricelist_id.id,
            "currency_id": self.currency_id.id,
            "payment_term_id": self.payment_term_id.id,
            "fiscal_position_id": self.fiscal_position_id.id,
            "note": self.note,
            "line_ids": self._crm_prepare_lines(lines),
        }
        # left empty in the order, they are those that every subscription has
        for name in ("journal_id", "preferred_payment_method_line_id"):
            if self[name]:
                values[name] = self[name].id
        return values

    def _crm_prepare_lines(self, sold):
        """The lines sold, under the titles that they have in the order."""
        sections = sold.parent_id | sold.parent_id.parent_id
        return [
            fields.Command.create(
                line._prepare_subscription_line()
                if line in sold
                else line._prepare_subscription_title()
            )
            for line in self.order_line & (sold | sections)
        ]

    def _crm_tell_subscriptions(self, subscriptions):
        for subscription in subscriptions:
            self._message_log(
                body=self.env._(
                    "Subscription %(link)s made from this order.",
                    link=subscription._get_html_link(),
                )
            )
            subscription._message_log(
                body=self.env._(
                    "Made from the order %(link)s.", link=self._get_html_link()
                )
            )

    # ------------------------------------------------------------------ cancel
    def _action_cancel(self):
        """What was never billed goes with the order; what was stays, and says so."""
        res = super()._action_cancel()
        # sudo: who cancels an order need not be allowed to delete subscriptions
        for order in self.sudo():
            for subscription in order.crm_subscription_ids:
                order._crm_cancel_subscription(subscription)
            if order.crm_renewal_change_id:
                order._message_log(
                    body=self.env._(
                        "%(link)s stays renewed: change or close it if it must end.",
                        link=order.crm_renews_id._get_html_link(),
                    )
                )
        return res

    def _crm_cancel_subscription(self, subscription):
        name = subscription.name
        if subscription.state != "draft":
            try:
                with self.env.cr.savepoint():
                    subscription.action_draft()
            except UserError as refusal:
                self._crm_keep_subscription(subscription, refusal)
                return
        subscription.unlink()
        self._message_log(
            body=self.env._(
                "Subscription %(name)s, not billed yet, was deleted.", name=name
            )
        )

    def _crm_keep_subscription(self, subscription, refusal):
        self._message_log(
            body=self.env._(
                "Subscription %(link)s goes on: %(reason)s Close it if it must end.",
                link=subscription._get_html_link(),
                reason=str(refusal),
            )
        )
        subscription._message_log(
            body=self.env._(
                "The order %(link)s was cancelled; this subscription goes on.",
                link=self._get_html_link(),
            )
        )
