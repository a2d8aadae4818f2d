from odoo import fields, models


class ResCompany(models.Model):
    """When to warn: days before a term, a notice date, the end of a quotation."""

    _inherit = "res.company"

    crm_alert_term_days = fields.Integer(
        string="Days before the term",
        default=60,
        help="A task for the salesperson so many days before a subscription ends or "
        "renews. 0: none.",
    )
    crm_alert_notice_days = fields.Integer(
        string="Days before the notice date",
        default=30,
        help="A task so many days before the last day on which notice can be given. "
        "0: none.",
    )
    crm_alert_quotation_days = fields.Integer(
        string="Days before a quotation expires",
        default=7,
        help="For quotations that make or renew a subscription. 0: none.",
    )
    crm_alert_customer = fields.Boolean(
        string="Write to the customer too",
        help="An e-mail to the customer with the warning before the term.",
    )
