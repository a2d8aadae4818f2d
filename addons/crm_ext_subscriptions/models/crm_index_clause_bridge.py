from odoo import models
from odoo.exceptions import UserError

from ..tools.index_clause import Case, Clause, Term
from ..tools.index_lookup import MonthRule
from ..tools.index_rounding import Rounding
from ..tools.index_series import Known
from ..tools.indexation import Formula, exact

ROUNDED_STEPS = ("linked_index", "ratio", "coefficient", "unit_price", "line")


class CrmIndexClause(models.Model):
    """From the record to the engine's values."""

    _inherit = "crm.index.clause"

    def _get_fixed_part(self):
        return exact(self.fixed_part or 0).normalize() + 0

    def _get_weights(self):
        """Each index with its weight; the clause's own has what is left."""
        others = [(term.index_id, exact(term.weight)) for term in self.term_ids]
        own = 1 - self._get_fixed_part() - sum(weight for _index, weight in others)
        return [(self.index_id, own), *others]

    def _to_clause(self, base_date):
        """:param base_date: anniversaries are the base date's when none is written"""
        anchor = self.anniversary or base_date
        return Clause(
            terms=tuple(self._to_terms()),
            formula=self._to_formula(),
            base=self.base,
            s0_rule=self._to_rule(self.s0_rule, anchor),
            s1_rule=self._to_rule(self.s1_rule, anchor),
            link_method=self.link_method,
            missing=self.missing,
            latest_vintages=self.vintages == "latest",
            frequency=self.frequency,
            anniversary=self.anniversary or None,
        )

    def _to_terms(self):
        weights = dict(self._get_weights())
        for record in (self, *self.term_ids):
            yield Term(
                chain=record.index_id._to_chain(),
                weight=weights[record.index_id],
                s0_month=record.s0_month or None,
                s0_value=exact(record.s0_value) if record.s0_value else None,
                mean_of=record.mean_of,
            )

    def _to_formula(self):
        return Formula(
            fixed=self._get_fixed_part(),
            threshold=exact(self.threshold_percent) if self.threshold_percent else None,
            cap=exact(self.cap_percent) if self.has_cap else None,
            floor=exact(self.floor_percent) if self.has_floor else None,
            limits_on=self.limits_on,
            **{step: self._to_rounding(step) for step in ROUNDED_STEPS},
        )

    def _to_rounding(self, step):
        mode = self[f"{step}_rounding"]
        if not mode or mode == "none":
            return None
        return Rounding(self[f"{step}_digits"], mode)

    def _to_rule(self, kind, anchor):
        # contracts that differ by what their rule does not read share their reckoning
        anchor = anchor if kind == "anniversary" else None
        return MonthRule(kind, self.named_month, self.month_offset, anchor)

    def _to_case(self, price, day, base_date=None, previous=None, quantity=1):
        return Case(
            price=price,
            day=day,
            base_date=base_date or self._get_base_date(day),
            previous=previous,
            quantity=quantity,
            given_base=bool(base_date),
        )

    def _get_base_date(self, day):
        """The day of the original price: the start, or the month that was written."""
        start = self.subscription_id.date_start
        if start and start < day:
            return start
        if self.s0_rule == "fixed" and self.s0_month:
            return self.s0_month
        if start:
            return start
        raise UserError(
            self.env._("Base date: say when the original price was agreed.")
        )

    def _get_observations(self):
        """{clause: values of its series} of all these clauses, each read once.

        Clauses of the same series share one set of values, and its answers.
        """
        by_indices, observations = {}, {}
        for clause in self:
            indices = clause._get_all_indices()
            if indices not in by_indices:
                values = indices._get_chains().value_ids
                by_indices[indices] = Known(value._to_observation() for value in values)
            observations[clause] = by_indices[indices]
        return observations

    def _get_all_indices(self):
        return self.index_id | self.term_ids.index_id

    def _get_last_entries(self):
        """{clause: when it, or a value that it may read, was last entered}."""
        chains = {clause: clause._get_series() for clause in self}
        series = self.env["crm.price.index"].union(*chains.values())
        entered = dict(
            self.env["crm.price.index.value"]._read_group(
                [("index_id", "in", series.ids)],
                ["index_id"],
                ["create_date:max"],
            )
        )
        return {
            clause: max(
                [
                    clause.write_date,
                    *clause.term_ids.mapped("write_date"),
                    *(entered[index] for index in indices if index in entered),
                ]
            )
            for clause, indices in chains.items()
        }

    def _get_series(self):
        """Every series that the clause may read."""
        return self._get_all_indices()._get_chains()
