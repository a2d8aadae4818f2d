from odoo import api, models
from odoo.exceptions import UserError

from ..tools.index_input import (
    read_day,
    read_observations,
    read_previous,
    read_price,
)
from ..tools.index_reckon import reckon
from ..tools.index_rounding import IndexationError
from ..tools.index_series import IndexValueMissing
from ..tools.indexation import plain


class CrmIndexClause(models.Model):
    """The simulator: what a price becomes, with any values; nothing is written."""

    _inherit = "crm.index.clause"

    def simulate(
        self,
        price,
        revision_date,
        values=None,
        base_date=None,
        previous=None,
        quantity="1",
    ):
        """Work the clause out on a price at a date.

        :param price: the original price, or the last one where no `previous` is given
        :param revision_date: first day of the new price
        :param values: [{series, period, value, published_on, vintage}] to reckon with,
            instead of the values that are stored
        :param base_date: when the original price was agreed; S0 is that of this date
        :param previous: the revision before: {date, price, s1}
        :return: {status, p1, s0, s1, link, ratio, coefficient, steps, warnings}, the
            figures as strings; a refusal is {status: refused, message}
        """
        self.ensure_one()
        self.check_access("read")
        try:
            case, known, clause = self._read_call(
                price, revision_date, values, base_date, previous, quantity
            )
            reckoning = reckon(clause, case, known)
        except (IndexationError, IndexValueMissing) as error:
            return self._refuse(getattr(error, "reason", "missing"), error)
        except UserError as error:
            return {"status": "refused", "reason": "base_date", "message": str(error)}
        return self._answer(reckoning)

    def _read_call(self, price, revision_date, values, base_date, previous, quantity):
        day = read_day(revision_date)
        if not day:
            raise IndexationError("not_day", value="")
        base = read_day(base_date)
        known = self._read_values(values)
        amount = read_price(price)
        before = read_previous(previous, amount, tuple(self._to_terms()), known)
        case = self._to_case(amount, day, base, before, read_price(quantity))
        return case, known, self._to_clause(case.base_date)

    def _read_values(self, values):
        if not values:
            return self._get_observations()[self]
        return read_observations(values, self.env["crm.price.index"]._get_names())

    def _refuse(self, reason, error):
        return {
            "status": "refused",
            "reason": reason,
            "message": self._explain(error),
            "series": getattr(error, "series", ""),
            "period": self._format_period(getattr(error, "month", None)),
        }

    @api.model
    def _format_period(self, month):
        return month.isoformat() if month else ""

    def _answer(self, reckoning):
        revised, first = reckoning.revised, reckoning.served[0]
        return {
            "status": "ok",
            "p0": plain(reckoning.p0),
            "p1": plain(revised.price),
            "line": plain(revised.line),
            "s0": plain(first.s0.value),
            "s0_period": first.s0.month.isoformat(),
            "s1": plain(first.s1.value),
            "s1_period": first.s1.month.isoformat(),
            "link": plain(revised.link) if revised.link else "",
            "ratio": plain(revised.ratio),
            "coefficient": plain(revised.coefficient),
            "ratio_percent": plain(revised.ratio_percent),
            "price_percent": plain(revised.price_percent),
            "limit": revised.limit,
            "provisional": reckoning.provisional,
            "terms": self._answer_terms(reckoning),
            "steps": [step.as_dict() for step in revised.steps],
            "warnings": [
                *self._get_legal_warnings(),
                *map(self._explain_notice, reckoning.notices),
            ],
        }

    @api.model
    def _answer_terms(self, reckoning):
        revised = reckoning.revised
        return [
            {
                "series": pair.name,
                "weight": plain(pair.weight),
                "s0": plain(pair.s0),
                "s1": plain(pair.s1),
                "s0_period": served.s0.month.isoformat(),
                "s1_period": served.s1.month.isoformat(),
                "link": plain(link) if link else "",
                "ratio": plain(ratio),
            }
            for pair, served, link, ratio in zip(
                reckoning.pairs,
                reckoning.served,
                revised.links,
                revised.ratios,
                strict=True,
            )
        ]
