from odoo import api, fields, models


class SaleOrder(models.Model):
    """Quotations seen and signed are events of their opportunity's score, and orders
    may be asked about by its rules."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._crm_refresh_scores(None)
        return orders

    def write(self, vals):
        result = super().write(vals)
        self._crm_refresh_scores(vals.keys())
        if vals.get("signed_on"):
            self._crm_log_score_event("quotation_signed", "signed")
        return result

    def message_post(self, *, subtype_xmlid=None, **kwargs):
        # the host keeps of a customer's look at a quotation nothing but this note
        if subtype_xmlid == "sale.mt_order_viewed":
            self._crm_log_score_event("quotation_seen", fields.Date.today())
        return super().message_post(subtype_xmlid=subtype_xmlid, **kwargs)

    def _crm_refresh_scores(self, names):
        """Score the leads whose rules read these fields of orders (None: any)."""
        models_ = self.env["crm.score.model"]
        watched = models_._watched_on(self._name).keys()
        if moved := watched if names is None else watched & names:
            models_._touched_leads(self, moved)._refresh_crm_score()

    def _crm_log_score_event(self, source, what):
        # sudo: portal users look and sign, events are core's to write
        orders = self.sudo().filtered("opportunity_id")
        now = fields.Datetime.now()
        facts = [
            (order.opportunity_id.id, now, f"{order.id}-{what}") for order in orders
        ]
        if facts:
            orders.env["crm.score.event"]._log(source, facts)
