from odoo import api, fields, models

COMPANY_TYPES = [
    ("sole_trader", "Sole trader"),
    ("company", "Company"),
    ("cooperative", "Cooperative"),
    ("association", "Association"),
    ("public", "Public body"),
    ("foreign", "Foreign company"),
]
TURNOVER_BANDS = [
    ("0", "Under €0.5 M"),
    ("0.5", "€0.5 to 1 M"),
    ("1", "€1 to 2 M"),
    ("2", "€2 to 5 M"),
    ("5", "€5 to 10 M"),
    ("10", "€10 to 20 M"),
    ("20", "€20 to 50 M"),
    ("50", "€50 to 100 M"),
    ("100", "€100 to 500 M"),
    ("500", "€500 M and above"),
]
HEADCOUNT_BANDS = [
    ("0", "No employee"),
    ("1", "1 to 2 employees"),
    ("3", "3 to 5 employees"),
    ("6", "6 to 9 employees"),
    ("10", "10 to 19 employees"),
    ("20", "20 to 49 employees"),
    ("50", "50 to 99 employees"),
    ("100", "100 to 199 employees"),
    ("200", "200 to 249 employees"),
    ("250", "250 to 499 employees"),
    ("500", "500 to 999 employees"),
    ("1000", "1,000 to 4,999 employees"),
    ("5000", "5,000 employees and above"),
]


class ResPartner(models.Model):
    """What segments ask of contacts and companies and the host does not hold.

    Plain empty columns: installing on a large base computes nothing. A company's facts
    are read through commercial_partner_id, so its people share them.
    """

    _inherit = "res.partner"

    crm_tag_ids = fields.Many2many(string="CRM tags")
    crm_company_type = fields.Selection(COMPANY_TYPES, string="Type of company")
    crm_naf_code = fields.Char(string="Activity (NAF)", size=10)
    crm_turnover_band = fields.Selection(TURNOVER_BANDS, string="Turnover")
    crm_headcount_band = fields.Selection(HEADCOUNT_BANDS, string="Headcount")
    crm_relation_type_ids = fields.Many2many("crm.relation.type", string="Relations")
    crm_source_id = fields.Many2one(
        "utm.source", string="Source", index="btree_not_null", ondelete="restrict"
    )
    crm_medium_id = fields.Many2one(
        "utm.medium",
        string="Origin",
        index="btree_not_null",
        ondelete="restrict",
        help="How the contact came to us: website, trade fair, phone...",
    )
    crm_birth_date = fields.Date(string="Birth date")
    crm_age = fields.Integer(string="Age", compute="_compute_crm_age")
    crm_interest_ids = fields.Many2many("crm.interest", string="Interests")
    crm_download_ids = fields.One2many(
        "crm.download", "partner_id", string="Documents downloaded", readonly=True
    )

    # what changed since a segment's last refresh
    _crm_write_date_idx = models.Index("(write_date)")

    @api.depends("crm_birth_date")
    def _compute_crm_age(self):
        today = fields.Date.context_today(self)
        for partner in self:
            born = partner.crm_birth_date
            partner.crm_age = born and (
                today.year
                - born.year
                - ((today.month, today.day) < (born.month, born.day))
            )
