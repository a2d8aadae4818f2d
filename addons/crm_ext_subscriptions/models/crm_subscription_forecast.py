from itertools import takewhile

from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..tools.index_forecast import revision_dates

FURTHEST_YEARS = 5


class CrmSubscription(models.Model):
    """What the next revisions would bring under suppositions; nothing is written."""

    _inherit = "crm.subscription"

    def action_simulate_prices(self):
        """Open the simulator on this subscription, with the usual scenarios."""
        self.ensure_one()
        return self.env["crm.price.simulation"]._start({"subscription_id": self.id})

    def _forecast_prices(self, scenarios, date_from, until):
        """Work out each subscription's prices under each scenario.

        :param scenarios: {key: Scenario}
        :return: iterates over (subscription, why nothing is revised, tracks,
            {key: {line id: forecasts}})
        """
        clauses = self.env["crm.index.clause"].union(
            *[subscription._get_simulated_clause() for subscription in self]
        )
        supposed = clauses._prolong(scenarios, until)
        self._prefetch_forecast()
        for subscription in self:
            clause = subscription._get_simulated_clause()
            days = subscription._get_revision_days(clause, date_from, until)
            reason = subscription._get_unforeseen(clause, days)
            tracks = subscription._prepare_tracks(
                clause, () if reason else days, date_from
            )
            if not reason and not any(track.days for track in tracks):
                reason = "never"
            yield (
                subscription,
                reason,
                tracks,
                {
                    key: {
                        track.line: track.run(supposed[clause, key][0])
                        for track in tracks
                        if track.days
                    }
                    for key in scenarios
                },
            )

    def _prefetch_forecast(self):
        """Read what many subscriptions need at once, not one after the other."""
        lines = self.line_ids
        lines._prefetch_terms()
        lines.version_ids.fetch(["price_revision_id", "stop", "standing_quantity"])
        lines.product_id.fetch(["active"])

    def _get_simulated_clause(self):
        """The clause; a draft without one will take its plan's."""
        if self.clause_ids or self.state != "draft":
            return self.clause_ids
        # sudo: the plan's clause binds whoever sells the plan
        return self.plan_id.sudo().clause_ids

    def _get_revision_days(self, clause, date_from, until):
        """The dates of revision of the clause within two days, both included."""
        if not clause or not self.date_start:
            return ()
        after = max(date_from - relativedelta(days=1), self.date_start)
        last = min(until, self.date_end or until)
        anchor = clause.anniversary or self.date_start
        dates = revision_dates(anchor, clause.frequency, after)
        return tuple(takewhile(lambda day: day <= last, dates))

    def _get_unforeseen(self, clause, days):
        """Why nothing of a subscription is revised, if so."""
        if self.state not in ("draft", "running"):
            return "ended"
        if not clause:
            return "no_clause"
        if clause.is_individual and not clause.individual_accepted:
            return "individual"
        return "" if days else "not_due"

    def _prepare_tracks(self, clause, days, date_from):
        lines = self.line_ids.filtered(
            lambda line: line.product_id and line.line_type == "recurring"
        )
        tracks = (line._prepare_track(clause, days, date_from) for line in lines)
        return [track for track in tracks if track]

    @api.model
    def _get_furthest_day(self, date_from, years):
        years = min(max(years, 1), FURTHEST_YEARS)
        return date_from + relativedelta(years=years)
