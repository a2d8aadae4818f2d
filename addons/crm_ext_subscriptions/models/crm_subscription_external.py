from odoo import fields, models


class CrmSubscription(models.Model):
    """How other programs and files name a subscription."""

    _inherit = "crm.subscription"

    external_ref = fields.Char(
        string="External reference",
        copy=False,
        help="Its name in the program that it comes from, or that sends its usage.",
    )

    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "Another subscription of the company has this external reference.",
    )
