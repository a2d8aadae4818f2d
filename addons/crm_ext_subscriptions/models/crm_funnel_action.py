from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmFunnelAction(models.Model):
    """What a funnel rule does about quotations."""

    _inherit = "crm.funnel.action"

    crm_order_template_id = fields.Many2one(
        "sale.order.template",
        string="Quotation template",
        help="Without it the quotation has the products of the card.",
    )
    crm_invoice_step = fields.Selection(
        [
            ("draft", "Leave it in draft"),
            ("post", "Post it"),
            ("send", "Post and send it"),
        ],
        string="Then",
        default="draft",
    )

    @api.depends("crm_order_template_id", "crm_invoice_step")
    def _compute_words(self):
        res = super()._compute_words()
        steps = dict(self._fields["crm_invoice_step"]._description_selection(self.env))
        for action in self:
            if action.kind == "quotation":
                template = action.crm_order_template_id
                action.words = template.name or self.env._("Products of the card")
            elif action.kind == "invoice":
                action.words = steps.get(action.crm_invoice_step)
        return res

    # ------------------------------------------------------------------ quotations
    def _run_quotation(self, firings):
        """A draft quotation a card, from the template or the card's products."""
        for firing in firings:
            if not firing.lead_id.partner_id:
                raise UserError(
                    self.env._("The card has no customer: choose one, then try again.")
                )
        orders = self.env["sale.order"].create(
            [self._quotation_values(firing.lead_id) for firing in firings]
        )
        template = self.crm_order_template_id
        if template:
            for order in orders:
                order._onchange_sale_order_template_id()
        return [
            self._effect(
                firing,
                self.env._(
                    "Quotation %(name)s (%(template)s)",
                    name=order.name,
                    template=template.name or self.env._("products of the card"),
                ),
                order,
            )
            for firing, order in zip(firings, orders, strict=True)
        ]

    def _quotation_values(self, lead):
        given = lead._prepare_opportunity_quotation_context()
        values = {
            key.removeprefix("default_"): value
            for key, value in given.items()
            if key.startswith("default_")
        }
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": 1})
            for product in lead.crm_product_ids
        ]
        if lead._crm_rehearsing():
            # a number of the sequence would not come back
            values["name"] = self.env._("to come")
        return values | {
            "sale_order_template_id": self.crm_order_template_id.id,
            "order_line": [] if self.crm_order_template_id else lines,
        }

    def _undo_quotation(self, effect):
        order = effect._get_record()
        if not order:
            return ""
        if order.state != "draft":
            return self.env._(
                "quotation %(name)s is no draft any more", name=order.name
            )
        order.unlink()
        return ""

    def _run_quotation_send(self, firings):
        """Queue the draft quotations of the cards as the host's e-mail would send
        them."""
        effects = []
        for firing in firings:
            orders = firing.lead_id.order_ids.filtered(
                lambda order: order.state == "draft"
            )
            if not orders:
                raise UserError(self.env._("The card has no draft quotation to send."))
            for order in orders:
                effects.append(self._send_quotation(firing, order))
        return effects

    def _send_quotation(self, firing, order):
        done = self.env._(
            "Quotation %(name)s sent to %(customer)s",
            name=order.name,
            customer=order.partner_id.display_name,
        )
        if firing.lead_id._crm_rehearsing():
            return self._effect(firing, done)
        template = order._find_mail_template()
        mail = template.send_mail_batch(
            order.ids,
            email_layout_xmlid=(
                "mail.mail_notification_layout_with_responsible_signature"
            ),
        )
        order.action_quotation_sent()
        # sudo: the host's queue sends it once this transaction has succeeded
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return self._effect(firing, done, mail, order=order.id)

    def _undo_quotation_send(self, effect):
        mail = effect._get_record()
        if not mail or mail.state != "outgoing":
            return self.env["crm.hooks"]._funnel_actions()["quotation_send"].lasting
        mail.unlink()
        order = self.env["sale.order"].browse(effect.memory["order"]).exists()
        order.filtered(lambda one: one.state == "sent").state = "draft"
        return ""
