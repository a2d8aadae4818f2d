from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Set-up: billing by itself starts only when switched on here."""

    _inherit = "res.config.settings"

    crm_billing_cron = fields.Boolean(string="Bill what is due every day")
    crm_timezone = fields.Selection(
        related="company_id.partner_id.tz",
        string="Time zone of the company",
        readonly=False,
        help="What is due is what is due by the date there. Empty: that of the "
        "company's country.",
    )
    crm_billing_cron_post = fields.Boolean(
        string="Post the invoices",
        config_parameter="crm_ext_subscriptions.cron_post",
    )

    crm_alert_cron = fields.Boolean(string="Warn before terms and notice dates")
    crm_renewal_cron = fields.Boolean(string="Renew silently what says so")
    crm_index_late_cron = fields.Boolean(string="Ask for late index values")
    crm_price_notice_cron = fields.Boolean(string="Remind of letters to send")
    crm_order_draft = fields.Boolean(
        string="Check new subscriptions first",
        config_parameter="crm_ext_subscriptions.order_draft",
        help="A confirmed quotation leaves its subscriptions as drafts; unticked, they "
        "run at once.",
    )

    crm_collect_cron = fields.Boolean(string="Charge stored payment methods every day")
    crm_dunning_cron = fields.Boolean(string="Remind and suspend every day")

    @api.model
    def _crm_cron_fields(self):
        return super()._crm_cron_fields() | {
            "crm_billing_cron": "crm_ext_subscriptions.ir_cron_bill_due",
            "crm_alert_cron": "crm_ext_subscriptions.ir_cron_subscription_alert",
            "crm_index_late_cron": "crm_ext_subscriptions.ir_cron_index_late",
            "crm_price_notice_cron": "crm_ext_subscriptions.ir_cron_price_notice",
            "crm_renewal_cron": "crm_ext_subscriptions.ir_cron_subscription_renew",
            "crm_collect_cron": "crm_ext_subscriptions.ir_cron_collect",
            "crm_dunning_cron": "crm_ext_subscriptions.ir_cron_dunning",
        }
