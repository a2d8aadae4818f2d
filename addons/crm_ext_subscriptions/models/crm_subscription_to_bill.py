from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

HORIZON_MONTHS = 12
CHUNK = 500
# made anew while somebody waits; the rest is made by the daily action
AT_ONCE = 2_000
# a transaction may have begun so long before it is read
MARGIN = "1 hour"


class CrmSubscription(models.Model):
    """The forecast of what is to bill, kept beside the ledger for the reports."""

    _inherit = "crm.subscription"

    forecast_at = fields.Datetime(
        string="Forecast made at", copy=False, readonly=True, groups="base.group_system"
    )
    forecast_until = fields.Date(copy=False, readonly=True, groups="base.group_system")

    @api.model
    def _refresh_forecast(self, limit=None):
        """Make the forecast of what changed since; gives how many still wait."""
        self.env.flush_all()
        horizons = {
            company.id: self._get_horizon(company._crm_today())
            # sudo: every company has its own date
            for company in self.env["res.company"].sudo().search([])
        }
        stale = self._find_stale_forecasts(horizons)
        now = stale[:limit] if limit else stale
        for ids in split_every(CHUNK, now):
            # sudo: the forecast is the engine's; its readers have rules of their own
            self.sudo().browse(ids)._make_forecast(horizons)
        return len(stale) - len(now)

    @api.model
    def _get_horizon(self, today):
        """The last day of the month, so many months ahead."""
        return today + relativedelta(months=HORIZON_MONTHS, day=31)

    def _find_stale_forecasts(self, horizons):
        """Ids of those whose terms, ledger, usage or catalogue may have changed."""
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT sub.id FROM crm_subscription sub
                         JOIN unnest(%(companies)s::int[], %(days)s::date[])
                              AS horizon(company_id, day)
                           ON horizon.company_id = sub.company_id
                        WHERE sub.state IN ('running', 'paused')
                          AND (sub.forecast_at IS NULL
                               OR sub.forecast_until <> horizon.day
                               OR sub.write_date
                                  > sub.forecast_at - %(margin)s::interval
                               OR EXISTS (SELECT 1 FROM crm_billing_period period
                                    WHERE period.subscription_id = sub.id
                                      AND period.write_date
                                          > sub.forecast_at - %(margin)s::interval)
                               OR EXISTS (SELECT 1 FROM crm_subscription_line line
                                    WHERE line.subscription_id = sub.id
                                      AND (line.line_type = 'usage'
                                           OR line.price_mode = 'pricelist')))
                     ORDER BY sub.id""",
                    companies=list(horizons),
                    days=list(horizons.values()),
                    margin=MARGIN,
                )
            )
        ]

    def _make_forecast(self, horizons):
        """Replace the rows of these subscriptions by what the engine prepares now."""
        rows = []
        for company, own in self.grouped("company_id").items():
            today, until = company._crm_today(), horizons[company.id]
            rows += [
                own._to_forecast(row, today) for row in own._prepare_due_rows(until)
            ]
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_billing_forecast WHERE subscription_id = ANY(%s)""",
                self.ids,
            )
        )
        if rows:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_billing_forecast (subscription_id, line_id,
                           company_id, currency_id, due_date, date_from, date_to,
                           amount)
                       SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[],
                           %s::date[], %s::date[], %s::date[], %s::numeric[])""",
                    *map(list, zip(*rows, strict=True)),
                )
            )
        self._stamp_forecast(horizons)
        self.env["crm.billing.forecast"].invalidate_model()
        self.env.invalidate_all(flush=False)

    def _stamp_forecast(self, horizons):
        """Without the ORM: this is no change of the subscription."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_subscription sub
                      SET forecast_at = now() AT TIME ZONE 'UTC',
                          forecast_until = horizon.day
                     FROM unnest(%s::int[], %s::date[]) AS horizon(company_id, day)
                    WHERE horizon.company_id = sub.company_id AND sub.id = ANY(%s)""",
                list(horizons),
                list(horizons.values()),
                self.ids,
            )
        )

    def _to_forecast(self, row, today):
        """A row that the ledger would hold; late usage is due at once."""
        subscription = self.browse(row["subscription_id"])
        late = row["kind"] == "adjustment"
        return (
            subscription.id,
            row["line_id"],
            subscription.company_id.id,
            subscription.currency_id.id,
            today if late else row["due_date"],
            row["date_from"],
            row["date_to"],
            row["amount"],
        )

    @api.model
    def _cron_sync_states(self):
        res = super()._cron_sync_states()
        self._refresh_forecast()
        return res
