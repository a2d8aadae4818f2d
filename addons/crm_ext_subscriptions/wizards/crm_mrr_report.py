from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.mrr_scope import Scope

FILTERS = {
    "product_ids": "product_id",
    "plan_ids": "plan_id",
    "user_ids": "user_id",
    "partner_ids": "partner_id",
}


class CrmMrrReport(models.TransientModel):
    """The page of recurring revenue: a period, what was known by when, a choice.

    The figures are worked out as the fields change, in the reader's own rights.
    """

    _name = "crm.mrr.report"
    _description = "Recurring revenue"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env.company._crm_today(),
        help="Figures at a date are those at the end of this day.",
    )
    known_on = fields.Date(
        string="As known on",
        help="Changes entered after this day are left out, so that what was reported "
        "then reads the same today. Empty: all that is known now.",
    )
    product_ids = fields.Many2many("product.product", string="Products")
    plan_ids = fields.Many2many("crm.subscription.plan", string="Plans")
    user_ids = fields.Many2many("res.users", string="Salespeople")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        domain=[("parent_id", "=", False)],
    )
    customer_ids = fields.One2many("crm.mrr.report.line", "report_id")
    page = fields.Json(compute="_compute_page")

    @api.model
    def _default_date_from(self):
        """A year up to today."""
        today = self.env.company._crm_today()
        return today - relativedelta(years=1) + timedelta(days=1)

    @api.depends("date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Recurring revenue")

    @api.depends("company_id", "date_from", "date_to", "known_on", *FILTERS)
    @api.depends_context("lang", "uid")
    def _compute_page(self):
        for report in self:
            report.page = report._prepare_page() if report._is_complete() else False

    def _is_complete(self):
        return bool(self.company_id and self.date_from and self.date_to) and (
            self.date_from <= self.date_to
        )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for report in self:
            if report.date_from > report.date_to:
                raise ValidationError(
                    self.env._("From: choose a day that is not after To.")
                )

    @api.constrains("company_id")
    def _check_company(self):
        for report in self:
            if report.company_id not in self.env.companies:
                raise AccessError(
                    self.env._("Company: choose one of those you work in now.")
                )

    # ------------------------------------------------------------------ bridge
    def _to_scope(self):
        self.ensure_one()
        return Scope(
            company=self.company_id.id,
            date_from=self.date_from,
            date_to=self.date_to,
            known_before=self._get_known_before(),
            filters=tuple(
                (name, tuple(self[field]._origin.ids))
                for field, name in FILTERS.items()
                if self[field]
            ),
        )

    def _get_known_before(self):
        """The end of the day in the company's time zone, in UTC."""
        if not self.known_on:
            return None
        zone = pytz.timezone(self.company_id._crm_get_timezone())
        midnight = datetime.combine(self.known_on + timedelta(days=1), time.min)
        return zone.localize(midnight).astimezone(pytz.UTC).replace(tzinfo=None)
