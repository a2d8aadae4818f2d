import json
from collections import Counter, defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.indexation import exact, plain
from ..tools.price_outlook import MONTHS_A_YEAR, Change, total

NOT_WORTH = ("ended",)
AT_ONCE = 2000  # subscriptions; more are a run with its progress
YEARS = ("old_year", "new_year")


class CrmPriceSimulation(models.TransientModel):
    """The whole book: each subscription and customer before and after, the curve."""

    _inherit = "crm.price.simulation"

    def _simulate_book(self):
        """At once for some, as a run with its progress for a large book."""
        subscriptions = self.env["crm.subscription"].search(self._get_book_domain())
        self._to_scenarios()  # refused here, not in the run
        if len(subscriptions) > AT_ONCE:
            return self._enqueue_book(subscriptions)
        self._forecast_book(subscriptions)
        return self._conclude_book()

    def _conclude_book(self):
        """Customers, tables and chart, of all that was forecast."""
        scenarios, rows = self._to_scenarios(), self._read_rows()
        self.customer_ids.unlink()
        customers = self._sum_customers(rows)
        self._insert(self.env["crm.price.simulation.customer"], customers)
        clauses = self._find_typical_clauses()
        self.write(
            {
                "is_done": True,
                "chart": self._prepare_chart_of_book(scenarios, rows),
                "figures": {
                    "tables": self._prepare_tables_of_book(scenarios, rows, customers),
                    "notes": self._prepare_notes(clauses, scenarios),
                },
            }
        )

    def _find_typical_clauses(self):
        """A clause of each set of indices: the scenarios are told by index."""
        found = {}
        for clause in self.result_ids.subscription_id.clause_ids:
            found.setdefault(clause._get_all_indices(), clause)
        return self.env["crm.index.clause"].union(*found.values())

    def _get_book_domain(self):
        """Running or paused ones; of those that this user may read."""
        domain = Domain("state", "in", ("running", "paused"))
        domain &= Domain("company_id", "=", self.company_id.id)
        if self.plan_ids:
            domain &= Domain("plan_id", "in", self.plan_ids.ids)
        if self.index_ids:
            indices = Domain("index_id", "in", self.index_ids.ids)
            indices |= Domain("term_ids.index_id", "in", self.index_ids.ids)
            domain &= Domain("clause_ids", "any", indices)
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            domain &= Domain("commercial_partner_id", "in", customers.ids)
        if self.user_ids:
            domain &= Domain("user_id", "in", self.user_ids.ids)
        return domain

    # ------------------------------------------------------------------ forecast
    def _forecast_book(self, subscriptions):
        """Write a row for each subscription and scenario."""
        labels, rates = self._get_mark_labels(), self._get_rates(subscriptions)
        vals_list = []
        for subscription, reason, tracks, runs in subscriptions._forecast_prices(
            self._to_scenarios(), self.date_from, self._get_until()
        ):
            rate = rates[subscription.currency_id]
            for key, run in runs.items():
                row = self._weigh(subscription, reason, tracks, run, rate)
                row["scenario_id"] = key
                vals_list.append(self._prepare_result(row, labels))
        self._insert(self.env["crm.price.simulation.result"], vals_list)

    def _get_rates(self, subscriptions):
        """{currency: what one unit is worth in the company's on the first day}"""
        currencies = self.env["res.currency"]
        return {
            currency: exact(
                currencies._get_conversion_rate(
                    currency, self.currency_id, self.company_id, self.date_from
                )
            )
            for currency in subscriptions.currency_id
        }

    def _weigh(self, subscription, reason, tracks, run, rate):
        """One subscription under one scenario: its years, limits, refusals."""
        priced = {track.line: track.priced for track in tracks}
        old = sum((one.year(one.price) for one in priced.values()), Decimal(0))
        if reason in NOT_WORTH:
            old = Decimal(0)
        forecasts = [(line, one) for line, found in run.items() for one in found]
        moves = [
            (one.day, (priced[line].year(one.after) - priced[line].year(one.before)))
            for line, one in forecasts
            if one.outcome == "revise"
        ]
        effect = sum((move for _day, move in moves), Decimal(0))
        errors = [one for _line, one in forecasts if one.error]
        revised = [one for _line, one in forecasts if one.outcome == "revise"]
        outcome = reason or (errors[0].outcome if errors else "")
        return {
            "subscription": subscription,
            "change": Change(
                self._round(old * rate), self._round((old + effect) * rate)
            ),
            "moves": [(str(day), plain(move * rate)) for day, move in moves],
            "limits": Counter(one.limit for _line, one in forecasts if one.limit),
            "outcome": outcome or ("revise" if revised else "threshold"),
            "error": errors[0].error if errors else None,
            "first_date": min((one.day for one in revised), default=None),
            "revision_count": len(revised),
        }

    def _round(self, amount):
        return amount.quantize(Decimal("0.01"))

    # ------------------------------------------------------------------ results
    def _insert(self, model, rows):
        """Rows of this window by plain SQL: tens of thousands of them at once."""
        if not rows:
            return
        model.check_access("create")
        stamp = {"create_uid": self.env.uid, "create_date": fields.Datetime.now()}
        names = [*rows[0], *stamp]
        columns = SQL(", ").join(map(SQL.identifier, names))
        query = SQL("INSERT INTO %s (%s) VALUES", SQL.identifier(model._table), columns)
        values = [tuple([*row.values(), *stamp.values()]) for row in rows]
        self.env.cr.execute_values(f"{query.code} %s", values, page_size=1000)
        self.invalidate_recordset(["result_ids", "customer_ids"])

    def _prepare_result(self, row, labels):
        subscription, change = row["subscription"], row["change"]
        return {
            "simulation_id": self.id,
            "scenario_id": row["scenario_id"],
            "subscription_id": subscription.id,
            "partner_id": subscription.commercial_partner_id.id,
            "plan_id": subscription.plan_id.id or None,
            "index_id": subscription.clause_ids.index_id.id or None,
            "user_id": subscription.user_id.id or None,
            "outcome": row["outcome"],
            "limit_kinds": ", ".join(
                f"{labels[limit]} × {count}" for limit, count in row["limits"].items()
            ),
            "first_date": row["first_date"],
            "revision_count": row["revision_count"],
            "reason": self._explain_row(row),
            "limits": json.dumps(row["limits"]),
            "moves": json.dumps(row["moves"]),
        } | self._prepare_amounts(change)

    def _prepare_amounts(self, change):
        return {
            "old_year": change.old,
            "new_year": change.new,
            "effect_year": change.effect,
            "effect_month": change.month,
            "percent": change.percent.quantize(Decimal("0.001")),
        }

    def _explain_row(self, row):
        clause = row["subscription"].clause_ids
        if row["error"]:
            return clause._explain(row["error"])
        if row["outcome"] == "individual":
            return clause._get_individual_warning()
        return None

    # ------------------------------------------------------------------ sums
    def _read_rows(self):
        """What was forecast, as the sums need it."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT scenario_id, partner_id, plan_id, outcome, old_year, new_year,
                          limits, moves
                     FROM crm_price_simulation_result
                    WHERE simulation_id = %s ORDER BY id""",
                self.id,
            )
        )
        return [
            row
            | {
                "change": Change(*(self._round(exact(row[name])) for name in YEARS)),
                "limits": Counter(row["limits"]),
            }
            for row in rows
        ]

    def _sum_customers(self, rows):
        grouped = defaultdict(list)
        for row in rows:
            grouped[row["scenario_id"], row["partner_id"]].append(row["change"])
        percent = exact(self.over_percent) if self.over_percent else None
        amount = exact(self.over_amount) if self.over_amount else None
        return [
            {
                "simulation_id": self.id,
                "scenario_id": scenario,
                "partner_id": customer,
                "subscription_count": len(changes),
                "is_over": change.exceeds(percent, amount),
            }
            | self._prepare_amounts(change)
            for (scenario, customer), changes in grouped.items()
            for change in [total(changes)]
        ]

    # ------------------------------------------------------------------ curve
    def _prepare_chart_of_book(self, scenarios, rows):
        """The MRR at the start of each month to come, under each scenario."""
        months = [
            self.date_from + relativedelta(months=number)
            for number in range(12 * self.years + 1)
        ]
        sums, moves = self._sum_scenarios(scenarios, rows), self._sum_moves(rows)
        return {
            "labels": [format_date(self.env, month) for month in months],
            "datasets": [
                {
                    "label": self._get_scenario_name(key),
                    "data": self._follow(sums[key].old, moves[key], months),
                }
                for key in scenarios
            ],
            "title": self.env._("Monthly recurring revenue of the scope"),
            "unit": self.currency_id.name,
        }

    def _sum_moves(self, rows):
        """{scenario: {day: change of the year's value}}"""
        moves = defaultdict(lambda: defaultdict(Decimal))
        for row in rows:
            for day, effect in row["moves"]:
                moves[row["scenario_id"]][fields.Date.to_date(day)] += Decimal(effect)
        return moves

    def _follow(self, old, moves, months):
        return [
            float(
                self._round(
                    (old + sum(move for day, move in moves.items() if day <= month))
                    / MONTHS_A_YEAR
                )
            )
            for month in months
        ]

    def _sum_scenarios(self, scenarios, rows):
        grouped = {key: [] for key in scenarios}
        for row in rows:
            grouped[row["scenario_id"]].append(row["change"])
        return {key: total(changes) for key, changes in grouped.items()}
