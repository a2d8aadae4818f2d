from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date

LEADS_PER_UNIT = 500
MOST_LEADS = 20_000


class CrmScoreBacktest(models.Model):
    """A trial of a score model on leads that were won or lost, each judged with what
    was known of it then."""

    _name = "crm.score.backtest"
    _description = "Trial of a score model"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    model_id = fields.Many2one(
        "crm.score.model",
        string="Tried",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    baseline_id = fields.Many2one(
        "crm.score.model",
        string="Compared with",
        ondelete="cascade",
        help="The published version, unless you choose another.",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, required=True
    )
    date_from = fields.Date(
        string="Closed from",
        required=True,
        default=lambda self: fields.Date.today() - timedelta(days=365),
    )
    date_to = fields.Date(
        string="Closed until", required=True, default=fields.Date.today
    )
    days_before = fields.Integer(
        string="Judged so many days before the end",
        default=14,
        required=True,
        help="Just before the end a lead gives itself away: each is judged so many "
        "days before it was won or lost (at its creation if it was shorter).",
    )
    assume_unchanged = fields.Boolean(
        string="Assume that untracked fields did not change",
        help="Odoo keeps no history of them. Without this, rules on such fields are "
        "left out of the trial.",
    )
    with_host = fields.Boolean(string="Compare with Odoo's prediction", default=True)
    capacity = fields.Float(
        string="Leads a week that sales can take", digits=(6, 1), default=20
    )
    qualification_rule_id = fields.Many2one("crm.qualification.rule")
    state = fields.Selection(
        [("draft", "To run"), ("running", "Running"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
    )
    run_id = fields.Many2one("crm.batch.run", readonly=True, ondelete="set null")
    progress = fields.Float(related="run_id.progress")
    result = fields.Json(readonly=True)
    advice = fields.Json(compute="_compute_advice")
    case_ids = fields.One2many("crm.score.backtest.case", "backtest_id", readonly=True)
    case_count = fields.Integer(string="Leads judged", compute="_compute_case_count")

    _dates = models.Constraint(
        "CHECK(date_from <= date_to)", "The period ends before it begins."
    )
    _days_before_not_negative = models.Constraint(
        "CHECK(days_before >= 0)", "The number of days is zero or more."
    )
    _capacity_positive = models.Constraint(
        "CHECK(capacity > 0)", "Say how many leads a week sales can take."
    )

    @api.depends("model_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_name(self):
        for backtest in self:
            backtest.name = self.env._(
                "%(model)s on leads closed from %(first)s to %(last)s",
                model=backtest.model_id.display_name,
                first=format_date(self.env, backtest.date_from),
                last=format_date(self.env, backtest.date_to),
            )

    @api.depends("case_ids")
    def _compute_case_count(self):
        counts = dict(
            self.env["crm.score.backtest.case"]._read_group(
                [("backtest_id", "in", self.ids)], ["backtest_id"], ["__count"]
            )
        )
        for backtest in self:
            backtest.case_count = counts.get(backtest, 0)

    @api.depends("capacity", "state", "result")
    def _compute_advice(self):
        for backtest in self:
            done = backtest.state == "done" and backtest.result
            backtest.advice = backtest._advise() if done else False

    @api.constrains("model_id", "baseline_id")
    def _check_baseline(self):
        for backtest in self:
            if backtest.model_id == backtest.baseline_id:
                raise ValidationError(
                    self.env._("Compare the model with another version.")
                )

    # ------------------------------------------------------------------ actions
    def action_run(self):
        """Judge the leads in the background."""
        self.check_access("write")
        for backtest in self:
            backtest._start()
        return True

    def _start(self):
        if not self.model_id.rule_ids:
            raise UserError(self.env._("A score model needs at least one rule."))
        ids = self._find_leads().ids
        if not ids:
            raise UserError(
                self.env._("No lead was won or lost in this period: choose another.")
            )
        # sudo: the cases are the trial's, not its user's
        self.sudo().case_ids.unlink()
        units = [
            {"res_id": self.id, "payload": {"leads": ids[i : i + LEADS_PER_UNIT]}}
            for i in range(0, len(ids), LEADS_PER_UNIT)
        ]
        run = self.env["crm.batch.run"]._enqueue("score_trial", units, name=self.name)
        self.write({"state": "running", "run_id": run.id, "result": False})

    @api.model
    def _most_leads(self):
        return MOST_LEADS

    def _find_leads(self):
        """The latest leads won or lost in the period, that the model is meant for."""
        # sudo: the trial counts all leads of the company, shown only by their rules
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        domain = Domain(
            [
                ("won_status", "in", ("won", "lost")),
                ("date_closed", ">=", self.date_from),
                ("date_closed", "<", self.date_to + timedelta(days=1)),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        domain &= self.model_id.sudo()._own_domain()  # rules are the administrator's
        return leads.search(
            domain, order="date_closed desc, id", limit=self._most_leads()
        )

    def action_apply_threshold(self):
        """Write the threshold that fits the capacity on the qualification rule."""
        self.ensure_one()
        if not self.qualification_rule_id:
            raise UserError(
                self.env._("Choose the qualification rule that gets the threshold.")
            )
        cut = (self.advice or {}).get("cut")
        if not cut:
            raise UserError(
                self.env._("No threshold lets so few leads through: give more.")
            )
        self.qualification_rule_id.threshold = cut["threshold"]
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.qualification.rule",
            "res_id": self.qualification_rule_id.id,
            "view_mode": "form",
        }

    def action_open_cases(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.score.backtest.case",
            "view_mode": "list",
            "domain": [("backtest_id", "=", self.id)],
        }
