from odoo import models

from ..tools.index_series import IndexValueMissing


class CrmIndexClause(models.Model):
    """The engine's codes in the reader's words."""

    _inherit = "crm.index.clause"

    def _explain(self, error):
        if isinstance(error, IndexValueMissing):
            return self._explain_missing(error)
        return self._get_refusals().get(
            error.reason, self.env._("The figures make no revision: %(reason)s.")
        ) % ({"reason": error.reason} | error.details)

    def _explain_missing(self, error):
        if error.undated:
            return self.env._(
                "%(series)s: the value of %(month)s may have been published by then, "
                "but its publication date is not known. Enter that date; nothing is "
                "guessed.",
                series=error.series,
                month=error.label,
            )
        if error.month:
            return self.env._(
                "%(series)s: no value for %(month)s.",
                series=error.series,
                month=error.label,
            )
        return self.env._(
            "%(series)s: no value has a known publication date by then.",
            series=error.series,
        )

    def _get_refusals(self):
        own = {
            "l112_1": self.env._(
                "Code monétaire et financier, article L112-1: the index would vary "
                "over %(index_months)s months for %(elapsed)s months between "
                "revisions; such a clause is deemed unwritten."
            ),
            "link_refused": self.env._(
                "%(s0)s was replaced by %(s1)s: this clause waits for the parties to "
                "agree on how the two are joined."
            ),
            "link_unknown": self.env._(
                "%(s0)s and %(s1)s: no link between them is known."
            ),
            "link_backwards": self.env._(
                "S0 is of %(s0)s, a series later than that of S1, %(s1)s."
            ),
            "s0_month": self.env._("%(series)s: enter the month of S0."),
            "s0_value": self.env._(
                "%(series)s: no value for %(month)s is the one written in the "
                "contract, %(value)s."
            ),
            "weights": self.env._("The fixed part and the weights must make one."),
            "fixed_part": self.env._(
                "Fixed part and weights: enter numbers from 0 to 1."
            ),
            "limits": self.env._("The cap lies below the floor."),
            "index": self.env._("An index value must be above zero."),
            "rounding": self.env._(
                "Rounding: enter decimals from 0 to 15 and a known mode."
            ),
            "previous_date": self.env._("Previous revision: give its date."),
            "previous_s1": self.env._(
                "Previous revision: no value %(value)s is known for its S1. Give its "
                "s1_period, or the value among the others."
            ),
        }
        return own | self._get_input_refusals() | self._get_scenario_refusals()

    def _get_input_refusals(self):
        return {
            "not_number": self.env._("%(value)s is not a number."),
            "decimal_comma": self.env._(
                "%(value)s: write a decimal point, not a comma."
            ),
            "not_day": self.env._("%(value)s is not a date such as 2015-03-31."),
            "not_period": self.env._(
                "%(value)s is not a period such as 2015-02 or 2015-Q1."
            ),
            "not_positive": self.env._("%(value)s: an index is above zero."),
            "negative_price": self.env._("%(value)s: a price is not negative."),
            "unknown_series": self.env._("No series is called %(series)s."),
            "duplicate": self.env._(
                "%(series)s %(month)s stands twice with one vintage and two values."
            ),
        }

    def _get_scenario_refusals(self):
        return {
            "scenario_empty": self.env._(
                "%(series)s has no value yet: there is nothing to go on from."
            ),
            "scenario_trend": self.env._(
                "%(series)s: no value of a year before the last one, to measure a "
                "trend."
            ),
            "percent": self.env._("%(value)s %%: enter a percentage above -100."),
        }

    def _explain_notice(self, notice):
        details = dict(notice.details)
        if notice.code == "one_way":
            return self._get_one_way_warning()
        return self._get_notices()[notice.code] % details

    def _get_notices(self):
        return {
            "l112_1": self.env._(
                "Code monétaire et financier, article L112-1: the index varies over "
                "%(index_months)s months for %(elapsed)s months between revisions. On "
                "a fixed base this stands only where it distorts nothing."
            ),
            "missing_last_known": self.env._(
                "%(wanted)s is missing: the value of %(used)s serves, for good."
            ),
            "missing_regularise": self.env._(
                "%(wanted)s is missing: the value of %(used)s serves until then; the "
                "price is to be regularised."
            ),
            "provisional": self.env._(
                "%(series)s %(month)s is provisional: the price is to be regularised "
                "when it is final."
            ),
            "s0_base_date": self.env._(
                "No value of the month that the clause names: S0 is that of the base "
                "date, %(month)s."
            ),
            "s0_printed": self.env._(
                "S0 of %(month)s is as printed in the contract: no published value is "
                "known."
            ),
            "after_series": self.env._(
                "%(series)s %(month)s: the series ended before; give its successor's "
                "value under the successor's name."
            ),
            "backcast": self.env._(
                "S0 is read in %(series)s, back-cast by its publisher: both parties "
                "must have agreed."
            ),
            "off_schedule": self.env._(
                "This is not one of the clause's revision dates."
            ),
        } | self._get_limit_notices()

    def _get_limit_notices(self):
        return {
            "limit_threshold": self.env._(
                "The variation is below the threshold: the price in force stays."
            ),
            "limit_cap": self.env._("The cap decides the price."),
            "limit_floor": self.env._("The floor decides the price."),
        }
