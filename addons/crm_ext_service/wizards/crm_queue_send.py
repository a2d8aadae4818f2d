from odoo import api, fields, models


class CrmQueueSend(models.TransientModel):
    """Hand work over to another team, with a word for it."""

    _name = "crm.queue.send"
    _description = "Send to a queue"

    case_ids = fields.Many2many("crm.case", readonly=True)
    item_ids = fields.Many2many("crm.queue.item", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    queue_id = fields.Many2one(
        "crm.queue", required=True, domain="[('company_id', '=', company_id)]"
    )
    note = fields.Text(help="Internal: the customer does not read it.")

    @api.depends("case_ids", "item_ids")
    def _compute_company_id(self):
        for wizard in self:
            companies = wizard.case_ids.company_id | wizard.item_ids.company_id
            wizard.company_id = companies[:1] or self.env.company

    def action_send(self):
        self.ensure_one()
        if self.item_ids:
            self.item_ids.action_send_to(self.queue_id.id)
        if self.case_ids:
            self.case_ids.action_send_to_queue(self.queue_id.id)
        for case in self._get_cases() if self.note else ():
            case.message_post(body=self.note)
        return {"type": "ir.actions.act_window_close"}

    def _get_cases(self):
        on_cases = self.item_ids.filtered(lambda item: item.res_model == "crm.case")
        # sudo: handing a case over may end the sender's own access to it
        return (self.case_ids | self.case_ids.browse(on_cases.mapped("res_id"))).sudo()
