from odoo import models

from ..tools.index_period import period_label
from ..tools.indexation import plain


class CrmIndexClause(models.Model):
    """Index values as scenarios suppose them; none of them is ever stored."""

    _inherit = "crm.index.clause"

    def action_simulate(self):
        """Open the simulator on the clause's subscription, or on a price."""
        self.ensure_one()
        if subscription := self.subscription_id:
            return subscription.action_simulate_prices()
        return self.env["crm.price.simulation"]._start({"clause_id": self.id})

    def _prolong(self, scenarios, until):
        """What each clause knows under each scenario: values, or what stops it.

        :param scenarios: {key: Scenario}
        :return: {(clause, key): (Known or IndexationError, outlooks)}
        """
        known, supposed, found = self._get_observations(), {}, {}
        for clause in self:
            indices = clause._get_all_indices()
            for key, scenario in scenarios.items():
                if (indices, key) not in supposed:
                    supposed[indices, key] = indices._suppose(
                        known[clause], scenario, until
                    )
                found[clause, key] = supposed[indices, key]
        return found

    def _describe_outlook(self, outlook):
        """The supposition in words: from which value on, and how it goes on."""
        localize = self.env["crm.price.revision"]._get_figure()
        return self.env._(
            "%(series)s: %(value)s in %(month)s, %(pace)s",
            series=outlook.series.code,
            value=localize(plain(outlook.last.value)),
            month=period_label(outlook.last.month, outlook.series.period),
            pace=self._describe_pace(outlook, localize),
        )

    def _describe_pace(self, outlook, localize):
        if outlook.given:
            return self.env._("then the values supposed below")
        if outlook.percent == 0:
            return self.env._("then unchanged")
        percent = localize(f"{outlook.percent:+}")
        if not outlook.since:
            return self.env._("then %(percent)s %% a year", percent=percent)
        return self.env._(
            "then %(percent)s %% a year, as since %(since)s (%(value)s)",
            percent=percent,
            since=period_label(outlook.since.month, outlook.series.period),
            value=localize(plain(outlook.since.value)),
        )
