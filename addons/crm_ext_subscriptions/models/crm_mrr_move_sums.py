from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.fields import Domain


class CrmMrrMove(models.Model):
    """Figures read from the ledger, under the reader's own rights."""

    _inherit = "crm.mrr.move"

    @api.model
    def get_mrr(self, date, known_on=None, company_id=None):
        """Monthly recurring revenue on a day.

        :param date: the day, as 2026-06-30
        :param known_on: as it was known at the end of that day, or at that moment of
            UTC ("2026-06-30 12:00:00"); empty: as it is known now
        :param company_id: a company; empty: the current one
        :return: {"mrr", "arr", "currency", "date", "known_at", "company_id"}
        """
        company = self.env["res.company"].browse(company_id) or self.env.company
        day = fields.Date.to_date(date)
        moment = self._to_moment(known_on, company)
        mrr = company.currency_id.round(self._get_mrr(day, moment, company))
        return {
            "mrr": mrr,
            "arr": company.currency_id.round(12 * mrr),
            "currency": company.currency_id.name,
            "company_id": company.id,
            "date": fields.Date.to_string(day),
            "known_at": fields.Datetime.to_string(moment) if moment else False,
        }

    @api.model
    def _get_mrr(self, day, known_at=None, company=None, domain=Domain.TRUE):
        """Sum of the moves until a day, as known until a moment."""
        domain = self._get_known_domain(day, known_at, company) & Domain(domain)
        [(total,)] = self._read_group(domain, [], ["amount:sum"])
        return total or 0.0

    @api.model
    def _get_known_domain(self, day, known_at=None, company=None):
        domain = Domain("date", "<=", day)
        domain &= Domain("company_id", "=", (company or self.env.company).id)
        if known_at:
            domain &= Domain("known_at", "<=", known_at)
        return domain

    @api.model
    def _to_moment(self, known_on, company):
        """A moment as given, or the end of a day where the company is."""
        if not known_on:
            return None
        if not isinstance(known_on, str) or len(known_on) > 10:
            moment = fields.Datetime.to_datetime(known_on)
            if isinstance(known_on, str | datetime):
                return moment
        day = fields.Date.to_date(known_on)
        zone = pytz.timezone(company.partner_id.tz or "UTC")
        end = zone.localize(datetime.combine(day, time(23, 59, 59)))
        return end.astimezone(pytz.utc).replace(tzinfo=None)
