from datetime import date, datetime

import pytz

from odoo import models


class ResCompany(models.Model):
    """A company's "today" is the date on its own wall, not the server's."""

    _inherit = "res.company"

    def _crm_today(self) -> date:
        """The local date: by the time zone of the company's contact, else that of its
        country where it has one only, else the user's."""
        self.ensure_one()
        return datetime.now(pytz.timezone(self._crm_get_timezone())).date()

    def _crm_get_timezone(self) -> str:
        # sudo: everybody may know the time where the company is
        company = self.sudo()
        zones = pytz.country_timezones.get(company.country_id.code, [])
        only = zones[0] if len(zones) == 1 else None
        return company.partner_id.tz or only or self.env.user.tz or "UTC"
