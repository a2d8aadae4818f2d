from dataclasses import replace
from decimal import Decimal
from itertools import takewhile

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..models.crm_subscription_campaign import A_YEAR
from ..tools.index_forecast import Forecast, Track, price_at, revision_dates
from ..tools.index_record import to_record
from ..tools.index_rounding import IndexationError
from ..tools.index_scenario import VINTAGE
from ..tools.indexation import exact
from ..tools.price_outlook import Change, PricedLine


class CrmPriceSimulation(models.TransientModel):
    """One subscription: each price at each date, totals side by side, a curve."""

    _inherit = "crm.price.simulation"

    def _simulate_one(self):
        scenarios = self._to_scenarios()
        clause = self._get_clause()
        tracks, runs = (
            self._forecast_subscription(scenarios, clause)
            if self.subscription_id
            else self._forecast_clause(scenarios, clause)
        )
        self.env["crm.price.simulation.price"].create(
            [
                self._prepare_price(key, track, one, clause)
                for key, run in runs.items()
                for track in tracks
                for one in run.get(track.line, ())
            ]
        )
        points = self._get_points(tracks, runs)
        self.write(
            {
                "is_done": True,
                "chart": self._prepare_chart_of_one(points),
                "figures": {
                    "tables": [self._prepare_table_of_one(points, runs)],
                    "notes": self._prepare_notes(clause, scenarios),
                },
            }
        )

    def _get_clause(self):
        subscription = self.subscription_id
        subscription.check_access("read")
        return subscription._get_simulated_clause() or self.clause_id

    def _forecast_subscription(self, scenarios, clause):
        subscription = self.subscription_id
        [(_sub, reason, tracks, runs)] = subscription._forecast_prices(
            scenarios, self.date_from, self._get_until()
        )
        if reason:
            raise UserError(self._explain_unforeseen(reason, subscription, clause))
        return tracks, runs

    def _forecast_clause(self, scenarios, clause):
        """The clause of a plan, on a price agreed on a day."""
        day, plan = self.base_date or self.date_from, clause.plan_id
        anchor = clause.anniversary or day
        dates = revision_dates(anchor, clause.frequency, max(self.date_from, day))
        days = tuple(takewhile(lambda date: date <= self._get_until(), dates))
        if not days:
            raise UserError(
                self.env._("No date of revision within these years. Choose more years.")
            )
        price = exact(self.price)
        priced = PricedLine(price, Decimal(1), A_YEAR[plan.unit] / plan.interval)
        case = replace(clause._to_case(price, days[0], day), given_base=False)
        track = Track(0, priced, clause._to_clause(day), case, days)
        supposed = clause._prolong(scenarios, self._get_until())
        runs = {key: {0: track.run(supposed[clause, key][0])} for key in scenarios}
        return [track], runs

    def _explain_unforeseen(self, reason, subscription, clause):
        if reason == "individual":
            return clause._get_individual_warning()
        return {
            "ended": self.env._(
                "%(name)s is not running: there is nothing to simulate.",
                name=subscription.name,
            ),
            "no_clause": self.env._(
                "%(name)s has no index clause, nor has its plan. Enter the clause "
                "first.",
                name=subscription.name,
            ),
            "not_due": self.env._(
                "%(name)s: no date of revision within these years. Choose more years.",
                name=subscription.name,
            ),
            "never": self.env._(
                "%(name)s: no line is revised by index.", name=subscription.name
            ),
        }[reason]

    # ------------------------------------------------------------------ prices
    def _prepare_price(self, key, track, forecast: Forecast, clause):
        priced = track.priced
        change = Change(priced.year(forecast.before), priced.year(forecast.after))
        own = Change(forecast.before, forecast.after)
        return {
            "simulation_id": self.id,
            "scenario_id": key,
            "line_id": track.line or False,
            "date": forecast.day,
            "p0": float(forecast.before),
            "p1": float(forecast.after),
            "percent": float(own.percent),
            "period_amount": float(priced.period(forecast.after)),
            "year_amount": float(change.new),
            "effect_year": float(change.effect),
            "outcome": forecast.outcome,
            "limit_kind": forecast.limit or False,
            "reason": self._explain_forecast(forecast, clause),
        } | self._prepare_proof(track, forecast)

    def _prepare_proof(self, track, forecast):
        if not forecast.reckoning:
            return {}
        served = forecast.reckoning.served
        return {
            "record": to_record(track.clause.formula, forecast.reckoning),
            "is_supposed": any(
                value.vintage == VINTAGE for one in served for value in (one.s0, one.s1)
            ),
        }

    def _explain_forecast(self, forecast, clause):
        if forecast.error:
            return clause._explain(forecast.error)
        notices = (
            notice
            for notice in forecast.reckoning.notices
            if not notice.code.startswith("limit_")
        )
        return "\n".join(map(clause._explain_notice, notices))

    # ------------------------------------------------------------------ totals
    def _get_points(self, tracks, runs):
        """{scenario: [(day, per period, per year, limits met)]}, today's price first"""
        days = sorted({day for track in tracks for day in track.days})
        return {
            key: [
                (
                    day,
                    self._sum(tracks, run, day, "period"),
                    self._sum(tracks, run, day, "year"),
                    self._get_marks(run, day),
                )
                for day in (self.date_from, *days)
            ]
            for key, run in runs.items()
        }

    def _sum(self, tracks, run, day, span):
        return sum(
            (
                getattr(track.priced, span)(
                    price_at(track.priced, run.get(track.line, ()), day)
                )
                for track in tracks
            ),
            Decimal(0),
        )

    def _get_marks(self, run, day):
        """What decided on a day instead of the indices, each once."""
        marks = (
            one.limit or (one.outcome if one.error else "")
            for forecasts in run.values()
            for one in forecasts
            if one.day == day
        )
        return [mark for mark in dict.fromkeys(marks) if mark]

    def _prepare_chart_of_one(self, points):
        first = next(iter(points.values()))
        return {
            "labels": [format_date(self.env, day) for day, *_rest in first],
            "datasets": [
                {
                    "label": self._get_scenario_name(key),
                    "data": [float(year) for _day, _period, year, _marks in row],
                }
                for key, row in points.items()
            ],
            "title": self.env._("Untaxed price of a year"),
            "unit": self.currency_id.name,
        }

    def _prepare_table_of_one(self, points, runs):
        labels = self._get_mark_labels()
        rows = []
        for rank in range(len(next(iter(points.values())))):
            cells = [self._prepare_cell(row, rank, labels) for row in points.values()]
            day = next(iter(points.values()))[rank][0]
            label = format_date(self.env, day)
            rows.append({"label": label, "is_first": not rank, "cells": cells})
        return {
            "title": self.env._("What will be paid, untaxed"),
            "header": [
                self.env._("From"),
                *[self._get_scenario_name(key) for key in points],
            ],
            "rows": rows,
        }

    def _prepare_cell(self, row, rank, labels):
        _day, period, year, marks = row[rank]
        change = Change(row[0][2], year)
        period_text = format_amount(self.env, float(period), self.currency_id)
        return {
            "main": format_amount(self.env, float(year), self.currency_id),
            "sub": self.env._("%(amount)s a period", amount=period_text),
            "change": self._format_change(change.percent) if rank else "",
            "marks": [labels[mark] for mark in marks],
        }

    # ------------------------------------------------------------------ words
    def _get_scenario_name(self, key):
        return self.env["crm.price.simulation.scenario"].browse(key).name

    def _format_change(self, percent):
        scenarios = self.env["crm.price.simulation.scenario"]
        return scenarios._localize(f"{percent:+.2f} %")

    def _get_mark_labels(self):
        prices = self.env["crm.price.simulation.price"]
        kinds = prices._fields["limit_kind"]._description_selection(self.env)
        outcomes = prices._fields["outcome"]._description_selection(self.env)
        return dict(outcomes) | dict(kinds)

    def _prepare_notes(self, clauses, scenarios):
        """What each scenario supposes, in words."""
        found, notes = clauses._prolong(scenarios, self._get_until()), []
        for key in scenarios:
            name = self._get_scenario_name(key)
            texts = [
                text
                for clause in clauses
                for text in self._describe(clause, *found[clause, key])
            ]
            notes += [f"{name}: {text}" for text in dict.fromkeys(texts)]
        return notes

    def _describe(self, clause, known, outlooks):
        if isinstance(known, IndexationError):
            return [clause._explain(known)]
        return [clause._describe_outlook(outlook) for outlook in outlooks]
