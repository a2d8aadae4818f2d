from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmFunnelAction(models.Model):
    """Text messages that a funnel rule sends, such as "order received"."""

    _inherit = "crm.funnel.action"

    crm_sms_template_id = fields.Many2one(
        "sms.template", string="Text message", domain=[("model", "=", "crm.lead")]
    )

    @api.model
    def _needed_fields(self):
        return super()._needed_fields() | {"sms": "crm_sms_template_id"}

    def _run_sms(self, firings):
        messages = firings.lead_id._message_sms_schedule_mass(
            template=self.crm_sms_template_id
        )
        by_lead = {sms.mail_message_id.res_id: sms for sms in messages}
        effects = []
        for firing in firings:
            sms = by_lead.get(firing.lead_id.id)
            if not sms or sms.state != "outgoing":
                raise UserError(
                    self.env._(
                        "The card has no phone number to write to, or its person does "
                        "not want text messages."
                    )
                )
            done = self.env._(
                "Text message to %(number)s: %(text)s", number=sms.number, text=sms.body
            )
            effects.append(self._effect(firing, done, sms))
        # sudo: the host's queue sends them once this transaction has succeeded
        self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger()
        return effects

    def _undo_sms(self, effect):
        sms = effect._get_record()
        if not sms or sms.state != "outgoing":
            return self.env["crm.hooks"]._funnel_actions()["sms"].lasting
        sms.unlink()
        return ""
