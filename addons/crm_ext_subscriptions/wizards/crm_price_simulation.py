from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.crm_subscription_forecast import FURTHEST_YEARS
from ..tools.index_rounding import IndexationError
from ..tools.index_scenario import Scenario
from ..tools.indexation import exact


class CrmPriceSimulation(models.TransientModel):
    """What the next revisions would bring if the index did this or that.

    Of one subscription, or of the whole book. Scenarios stand side by side; no price,
    no index value and no revision is written.
    """

    _name = "crm.price.simulation"
    _description = "Price simulation"
    _transient_max_hours = 24.0

    subscription_id = fields.Many2one("crm.subscription", ondelete="cascade")
    clause_id = fields.Many2one("crm.index.clause", ondelete="cascade")
    is_book = fields.Boolean(string="The whole book")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    years = fields.Integer(
        string="Years ahead",
        default=3,
        required=True,
        help="Every date of revision within so many years, from 1 to 5.",
    )
    scenario_ids = fields.One2many(
        "crm.price.simulation.scenario",
        "simulation_id",
        default=lambda self: self._default_scenarios(),
    )
    value_ids = fields.One2many(
        "crm.price.simulation.value",
        "simulation_id",
        string="Values supposed",
        help="For the scenario of own values: a period that is not given keeps the "
        "value before it.",
    )
    has_values = fields.Boolean(compute="_compute_has_values")
    is_done = fields.Boolean(readonly=True)
    figures = fields.Json(readonly=True)
    chart = fields.Json(readonly=True)
    summary = fields.Html(compute="_compute_summary", sanitize=False)

    # one subscription, or a plan's clause on a price
    price = fields.Float(digits=0, min_display_digits="Product Price", default=100.0)
    base_date = fields.Date(string="Price agreed on", default=fields.Date.context_today)
    price_ids = fields.One2many(
        "crm.price.simulation.price",
        "simulation_id",
        string="Simulated prices",
        readonly=True,
    )
    formula = fields.Char(compute="_compute_formula")

    # the whole book
    plan_ids = fields.Many2many("crm.subscription.plan", string="Only these plans")
    index_ids = fields.Many2many("crm.price.index", string="Only these indices")
    partner_ids = fields.Many2many("res.partner", string="Only these customers")
    user_ids = fields.Many2many(
        "res.users",
        string="Only these salespeople",
        domain=[("share", "=", False)],
    )
    over_percent = fields.Float(
        string="Customers above, %",
        default=5.0,
        help="Customers whose year changes by so many percent or more, up or down. "
        "0: not asked.",
    )
    over_amount = fields.Monetary(
        string="Or above",
        help="Customers whose year changes by this amount or more. 0: not asked.",
    )
    result_ids = fields.One2many(
        "crm.price.simulation.result", "simulation_id", readonly=True
    )
    customer_ids = fields.One2many(
        "crm.price.simulation.customer", "simulation_id", readonly=True
    )

    _years_valid = models.Constraint(
        "CHECK (years BETWEEN 1 AND 5)", "Years ahead: enter a number from 1 to 5."
    )

    @api.model
    def _default_scenarios(self):
        kinds = (("flat", 0.0), ("trend", 0.0), ("yearly", 2.0), ("yearly", 4.0))
        return [
            (0, 0, {"kind": kind, "percent": percent, "sequence": sequence})
            for sequence, (kind, percent) in enumerate(kinds)
        ]

    @api.depends("subscription_id", "company_id")
    def _compute_currency_id(self):
        for simulation in self:
            simulation.currency_id = (
                simulation.subscription_id.currency_id
                or simulation.company_id.currency_id
            )

    @api.depends("scenario_ids.kind")
    def _compute_has_values(self):
        for simulation in self:
            kinds = simulation.scenario_ids.mapped("kind")
            simulation.has_values = "values" in kinds

    @api.depends("subscription_id", "clause_id")
    def _compute_formula(self):
        for simulation in self:
            clause = simulation._get_clause() if not simulation.is_book else False
            simulation.formula = clause and clause.formula

    @api.depends("subscription_id", "is_book")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = (
                self.env._("What if, on the whole book")
                if simulation.is_book
                else self.env._(
                    "What if: %(name)s",
                    name=simulation.subscription_id.name
                    or simulation.clause_id.plan_id.name
                    or "",
                )
            )

    @api.depends("figures")
    @api.depends_context("lang")
    def _compute_summary(self):
        for simulation in self:
            simulation.summary = simulation.figures and self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.price_simulation_summary",
                {
                    "tables": simulation.figures["tables"],
                    "notes": simulation.figures["notes"],
                },
            )

    # ------------------------------------------------------------------ actions
    @api.model
    def _start(self, vals):
        """A window with the usual scenarios, worked out where that is possible."""
        simulation = self.create(vals)
        # the window says what is missing when it is asked to simulate
        with suppress(UserError), self.env.cr.savepoint():
            simulation.action_simulate()
        return simulation._reopen()

    def action_simulate(self):
        """Work the scenarios out anew."""
        self.ensure_one()
        if not self.scenario_ids:
            raise UserError(self.env._("Scenarios: enter at least one."))
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Company: choose one of those you work in now."))
        self._clear()
        self._simulate_book() if self.is_book else self._simulate_one()
        return True

    def _clear(self):
        self.price_ids.unlink()
        self.result_ids.unlink()
        self.customer_ids.unlink()

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_simulation_action_book"
            if self.is_book
            else "crm_ext_subscriptions.crm_price_simulation_action_one"
        )
        return action | {"res_id": self.id, "name": self.display_name}

    # ------------------------------------------------------------------ bridge
    def _get_until(self):
        return self.env["crm.subscription"]._get_furthest_day(
            self.date_from, min(self.years, FURTHEST_YEARS)
        )

    def _to_scenarios(self):
        """{id of the scenario: what it supposes}"""
        values = {}
        for value in self.value_ids:
            series = value.index_id._get_chain()[-1:].code
            values.setdefault(series, {})[value._get_period()] = exact(value.value)
        try:
            return {
                scenario.id: Scenario(scenario.kind, exact(scenario.percent), values)
                for scenario in self.scenario_ids
            }
        except IndexationError as error:
            clauses = self.env["crm.index.clause"]
            raise ValidationError(clauses._explain(error)) from error
