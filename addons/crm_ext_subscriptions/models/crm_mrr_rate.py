from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.indexation import exact

DIGITS = Decimal("1e-12")


class CrmMrrRate(models.Model):
    """The stated rate of a month: the host's on its first day, fixed at first use.

    A rate corrected later in the accounts does not move the ledger's past figures.
    """

    _name = "crm.mrr.rate"
    _description = "Stated rate of the MRR ledger"
    _order = "month desc, currency_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    rate = fields.Float(
        digits=0,
        required=True,
        readonly=True,
        help="Company currency for one unit of the currency.",
    )

    _once = models.UniqueIndex("(company_id, currency_id, month)", "Stated already.")

    @api.model
    def _state(self, company, currency, months):
        """{month: rate}; a month that has none yet gets the host's, for good."""
        known = self._read_stated(company, currency, months)
        missing = sorted(set(months) - known.keys())
        if missing:
            self._write_stated(company, currency, missing)
            known = self._read_stated(company, currency, months)
        return known

    def _read_stated(self, company, currency, months):
        rows = self.env.execute_query(
            SQL(
                """SELECT month, rate::text FROM crm_mrr_rate
                    WHERE company_id = %s AND currency_id = %s AND month IN %s""",
                company.id,
                currency.id,
                tuple(months) or (None,),
            )
        )
        return {month: Decimal(rate) for month, rate in rows}

    def _write_stated(self, company, currency, months):
        rate = self.env["res.currency"]._get_conversion_rate
        for month in months:
            found = exact(rate(currency, company.currency_id, company, month))
            self.env.execute_query(
                SQL(
                    """INSERT INTO crm_mrr_rate (company_id, currency_id, month, rate)
                       VALUES (%s, %s, %s, %s)
                           ON CONFLICT (company_id, currency_id, month) DO NOTHING
                    RETURNING id""",
                    company.id,
                    currency.id,
                    month,
                    found.quantize(DIGITS),
                )
            )
