from odoo import api, fields, models

MODELS = ("res.partner", "crm.lead")
STATES = [
    ("valid", "Valid"),
    ("bounced", "Bounced"),
    ("excluded", "Excluded"),
    ("malformed", "Malformed"),
    ("missing", "Missing"),
]


class CrmMailQuality(models.Model):
    """How many addresses were valid, bounced, missing... on a day: the trend."""

    _name = "crm.mail.quality"
    _description = "Quality of e-mail addresses"
    _order = "date desc, res_model, state"
    _log_access = False
    _rec_name = "date"

    date = fields.Date(required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    res_model = fields.Selection(
        [("res.partner", "Contacts"), ("crm.lead", "Leads")],
        string="Records",
        required=True,
        readonly=True,
    )
    state = fields.Selection(STATES, string="Address", required=True, readonly=True)
    number = fields.Integer(string="Addresses", readonly=True)

    _once = models.UniqueIndex(
        "(date, COALESCE(company_id, 0), res_model, state)",
        "This figure is noted already.",
    )

    @api.model
    def _cron_snapshot(self):
        """Note today's figures; twice a day is once."""
        self._snapshot(fields.Date.context_today(self))

    @api.model
    def _snapshot(self, date):
        rows = [
            (date, company_id, name, state, number)
            for name in MODELS
            for state, domain in self.env["crm.hooks"]._mail_states(name).items()
            for company_id, number in self._count_by_company(name, domain)
        ]
        if not rows:
            return
        self.env.cr.execute_values(
            """INSERT INTO crm_mail_quality
                           (date, company_id, res_model, state, number)
                    VALUES %s
               ON CONFLICT (date, COALESCE(company_id, 0), res_model, state)
                 DO UPDATE SET number = EXCLUDED.number""",
            rows,
            page_size=len(rows),
        )
        self.invalidate_model()

    @api.model
    def _count_by_company(self, name, domain):
        # sudo: the trend is of whole companies; its own rules say who reads it
        records = self.env[name].sudo()
        for company, number in records._read_group(domain, ["company_id"], ["__count"]):
            yield company.id or None, number

    def action_open_records(self):
        """The records that are in this state today."""
        self.ensure_one()
        return self.env["crm.mail.figure"]._open_records(self.res_model, self.state)
