from collections import Counter, defaultdict

from odoo import models
from odoo.tools import format_amount

from ..tools.price_outlook import total

REVISED = ("revise", "threshold")


class CrmPriceSimulation(models.TransientModel):
    """The book's figures side by side: totals, plans, exceptions."""

    _inherit = "crm.price.simulation"

    def _prepare_tables_of_book(self, scenarios, rows, customers):
        by_scenario = {key: [] for key in scenarios}
        for row in rows:
            by_scenario[row["scenario_id"]].append(row)
        header = [self._get_scenario_name(key) for key in scenarios]
        return [
            {
                "title": self.env._(
                    "The scope, untaxed, years ahead: %(years)s", years=self.years
                ),
                "header": ["", *header],
                "rows": self._prepare_totals(by_scenario, customers),
            },
            {
                "title": self.env._("Effect on the MRR by plan"),
                "header": [self.env._("Plan"), *header],
                "rows": self._prepare_plans(by_scenario),
            },
            {
                "title": self.env._("Not revised"),
                "header": [self.env._("Why"), *header],
                "rows": self._prepare_exceptions(by_scenario),
            },
        ]

    def _prepare_totals(self, by_scenario, customers):
        sums = {
            key: total(row["change"] for row in rows)
            for key, rows in by_scenario.items()
        }
        over = Counter(one["scenario_id"] for one in customers if one["is_over"])
        counts = {
            key: Counter(row["outcome"] for row in rows)
            for key, rows in by_scenario.items()
        }
        lines = {
            self.env._("Year before"): [self._money(one.old) for one in sums.values()],
            self.env._("Year after"): [self._money(one.new) for one in sums.values()],
            self.env._("Effect on the year"): [
                self._money(one.effect) for one in sums.values()
            ],
            self.env._("Variation"): [
                self._format_change(one.percent) for one in sums.values()
            ],
            self.env._("Effect on the MRR"): [
                self._money(one.month) for one in sums.values()
            ],
            self.env._("Subscriptions revised"): [
                str(one["revise"]) for one in counts.values()
            ],
            self.env._("Customers above the threshold"): [
                str(over[key]) for key in sums
            ],
        } | self._prepare_limits(by_scenario)
        return [self._prepare_row(label, texts) for label, texts in lines.items()]

    def _prepare_limits(self, by_scenario):
        """How often caps, floors and thresholds decided."""
        met = {
            key: sum((row["limits"] for row in rows), Counter())
            for key, rows in by_scenario.items()
        }
        labels = self._get_mark_labels()
        kinds = dict.fromkeys(kind for counts in met.values() for kind in counts)
        return {
            self.env._("Decided by: %(limit)s", limit=labels[kind]): [
                str(counts[kind]) for counts in met.values()
            ]
            for kind in kinds
        }

    def _prepare_plans(self, by_scenario):
        grouped = defaultdict(list)
        for key, rows in by_scenario.items():
            for row in rows:
                grouped[row["plan_id"], key].append(row["change"])
        ids = dict.fromkeys(plan for plan, _key in grouped)
        # sudo: who reads a subscription may read its plan's name
        plans = self.env["crm.subscription.plan"].sudo().browse(filter(None, ids))
        names = {plan.id: plan.name for plan in plans}
        return [
            self._prepare_row(
                names.get(plan) or self.env._("Without plan"),
                [self._money(total(grouped[plan, key]).month) for key in by_scenario],
            )
            for plan in ids
        ]

    def _prepare_exceptions(self, by_scenario):
        counts = {
            key: Counter(
                row["outcome"] for row in rows if row["outcome"] not in REVISED
            )
            for key, rows in by_scenario.items()
        }
        outcome = self.env["crm.price.simulation.result"]._fields["outcome"]
        return [
            self._prepare_row(label, [str(one[code]) for one in counts.values()])
            for code, label in outcome._description_selection(self.env)
            if any(one[code] for one in counts.values())
        ]

    def _prepare_row(self, label, texts):
        return {"label": label, "cells": [{"main": text} for text in texts]}

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    # ------------------------------------------------------------------ doors
    def action_view_results(self):
        return self._open("crm_price_simulation_result_action")

    def action_view_exceptions(self):
        return self._open(
            "crm_price_simulation_result_action", [("outcome", "not in", REVISED)]
        )

    def action_view_customers(self):
        """Those above the threshold first asked for; the filter can be taken away."""
        action = self._open("crm_price_simulation_customer_action")
        return action | {"context": {"search_default_over": 1}}

    def action_view_prices(self):
        return self._open("crm_price_simulation_price_action")

    def _open(self, name, domain=()):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_ext_subscriptions.{name}"
        )
        return action | {"domain": [("simulation_id", "=", self.id), *domain]}
