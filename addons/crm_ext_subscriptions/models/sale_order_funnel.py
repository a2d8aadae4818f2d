from odoo import fields, models

EVENTS = {"sent": "quotation_sent", "sale": "order_confirmed"}


class SaleOrder(models.Model):
    """Quotations sent and orders confirmed set off the rules of their card."""

    _inherit = "sale.order"

    def write(self, vals):
        event = EVENTS.get(vals.get("state"))
        changed = self.filtered(lambda order: order.state != vals.get("state"))
        result = super().write(vals)
        if event:
            changed._crm_tell_funnel(event)
        return result

    def _crm_tell_funnel(self, event):
        now = fields.Datetime.now()
        # sudo: a customer may be the one who signs
        cards = self.sudo().opportunity_id
        self.env["crm.funnel.rule"]._on_event(event, [(card.id, now) for card in cards])
