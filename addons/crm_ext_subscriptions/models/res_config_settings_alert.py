from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Set-up of the alerts before terms and notice dates."""

    _inherit = "res.config.settings"

    crm_alert_term_days = fields.Integer(
        related="company_id.crm_alert_term_days", readonly=False
    )
    crm_alert_notice_days = fields.Integer(
        related="company_id.crm_alert_notice_days", readonly=False
    )
    crm_alert_quotation_days = fields.Integer(
        related="company_id.crm_alert_quotation_days", readonly=False
    )
    crm_alert_customer = fields.Boolean(
        related="company_id.crm_alert_customer", readonly=False
    )
