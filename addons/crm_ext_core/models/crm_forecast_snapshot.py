from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

KEEP = 36  # months
RHYTHMS = [("week", "Every week"), ("month", "Every month")]


class CrmForecastSnapshot(models.Model):
    """The forecast of a company as it was on a day.

    It never changes afterwards: the database refuses it. Only what is older than the
    time set for it goes, as a whole.
    """

    _name = "crm.forecast.snapshot"
    _description = "Snapshot of the forecast"
    _inherit = ["crm.kept.mixin"]
    _order = "date desc, company_id"
    _log_access = False
    _rec_name = "date"

    date = fields.Date(required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    reference_id = fields.Many2one(
        "res.currency",
        string="Reference currency",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The currency of the oldest company, in which companies are compared.",
    )
    rate = fields.Float(
        digits=(16, 8),
        required=True,
        readonly=True,
        aggregator=None,
        help="Of the day: what one unit of the company's currency was worth in the "
        "reference currency.",
    )
    rebuilt = fields.Boolean(
        readonly=True,
        help="Made afterwards from what the leads' histories kept. Expected closings "
        "are taken as they stand; Odoo's probability of then is not known.",
    )
    taken_at = fields.Datetime(
        string="Taken on", readonly=True, default=fields.Datetime.now
    )
    line_ids = fields.One2many("crm.forecast.line", "snapshot_id", readonly=True)
    lead_count = fields.Integer(string="Opportunities", compute="_compute_totals")
    revenue = fields.Monetary(string="Best case", compute="_compute_totals")
    both_revenue = fields.Monetary(
        string="By stage and score", compute="_compute_totals"
    )

    _once = models.UniqueIndex(
        "(company_id, date)", "This day has a snapshot of the company already."
    )

    def _compute_totals(self):
        figures = {
            snapshot: rest
            for snapshot, *rest in self.env["crm.forecast.line"]._read_group(
                [("snapshot_id", "in", self.ids)],
                ["snapshot_id"],
                ["__count", "revenue:sum", "both_revenue:sum"],
            )
        }
        for snapshot in self:
            count, revenue, both = figures.get(snapshot, (0, 0, 0))
            snapshot.lead_count = count
            snapshot.revenue = revenue
            snapshot.both_revenue = both

    # ------------------------------------------------------------------ taking
    @api.model
    def _cron_snapshot(self):
        """Learn, take the snapshot of this week or month, forget what is too old."""
        today = fields.Date.context_today(self)
        self.env["crm.forecast.weight"]._learn(today)
        period = [("date", ">=", self._period_start(today)), ("date", "<=", today)]
        if not self.search_count(period, limit=1):
            self._take(today)
        self._forget(today - relativedelta(months=KEEP))

    @api.model
    def _period_start(self, day):
        # sudo: a choice of the set-up
        parameters = self.env["ir.config_parameter"].sudo()
        rhythm = parameters.get_param("crm_ext_core.forecast_rhythm", "week")
        return fields.Date.start_of(day, rhythm)

    @api.model
    def _take(self, day, rebuilt=False):
        """Keep the forecast of a day, of each company that has none of that day.

        :param rebuilt: a day of the past, told from the histories
        """
        pipeline = self.env["crm.forecast.pipeline"]
        pipeline._flush_forecast()
        # sudo: a snapshot is of whole companies, whoever takes it
        snapshots = self.sudo()
        has = snapshots.search([("date", "=", day)]).company_id
        companies = snapshots.env["res.company"].search(Domain.TRUE, order="id")
        wanted = companies - has
        if rebuilt:
            wanted &= snapshots.env["crm.forecast.weight"]._get_learnt_companies()
        taken = snapshots.create(
            [
                snapshots._prepare_snapshot(company, companies[0], day, rebuilt)
                for company in wanted
            ]
        )
        if taken:
            snapshots.env["crm.forecast.line"]._fill(taken, day, rebuilt)
        return taken.with_env(self.env)

    def _prepare_snapshot(self, company, main, day, rebuilt):
        currencies = self.env["res.currency"]
        return {
            "date": day,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "reference_id": main.currency_id.id,
            "rate": currencies._get_conversion_rate(
                company.currency_id, main.currency_id, company, day
            ),
            "rebuilt": rebuilt,
        }

    @api.model
    def _forget(self, until):
        """Delete the snapshots that are older than a day."""
        # sudo: as in _take
        old = self.sudo().search([("date", "<", until)])
        self._forget_rows(old)

    # ------------------------------------------------------------------ actions
    @api.model
    def _check_may_take(self):
        if not self.env.user.has_group("crm_ext_core.group_core_manager"):
            raise AccessError(self.env._("A manager takes snapshots of the forecast."))

    @api.model
    def action_take(self):
        """Learn and keep the forecast of today."""
        self._check_may_take()
        today = fields.Date.context_today(self)
        self.env["crm.forecast.weight"]._learn(today)
        self._take(today)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_forecast_snapshot_action"
        )

    def action_open_lines(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Forecast of %(date)s", date=fields.Date.to_string(self.date)
            ),
            "res_model": "crm.forecast.line",
            "view_mode": "pivot,graph,list",
            "domain": [("snapshot_id", "=", self.id)],
        }
