from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.index_clause import Previous
from ..tools.index_mean import average
from ..tools.index_reckon import reckon
from ..tools.index_record import replay, to_record
from ..tools.index_rounding import IndexationError
from ..tools.index_series import IndexValueMissing
from ..tools.indexation import exact, plain


class CrmPriceRevision(models.Model):
    """From a line and its clause to the record of a revision, and back by replay."""

    _inherit = "crm.price.revision"

    @api.model
    def _prepare_revision(self, line, clause, day, values=None):
        """Compute a revision of one line; nothing is written.

        :param values: the clause's observations, when the caller has read them
        """
        if values is None:
            values = clause._get_observations()[clause]
        case = self._to_case(line, clause, day)
        written = clause._to_clause(case.base_date)
        try:
            reckoning = reckon(written, case, values)
        except (IndexationError, IndexValueMissing) as error:
            raise UserError(clause._explain(error)) from error
        self._check_known(clause, reckoning)
        return self._apply_reckoning(clause, reckoning) | {
            "line_id": line.id,
            "clause_id": clause.id,
            "effective_date": day,
            "price_from": self._get_price_from(line, clause, day),
            "previous_id": self._find_last(line, day).id,
            "wanted_month": self._get_wanted_month(reckoning),
            "record": to_record(written.formula, reckoning),
        }

    @api.model
    def _get_price_from(self, line, clause, day):
        """First day of the new price: a date within a period waits for the next one
        where the contract says so."""
        if clause.mid_period == "days":
            return day
        return line._skip_periods(day - timedelta(days=1), 1)

    @api.model
    def _get_wanted_month(self, reckoning):
        """The period that another one stands in for, if any."""
        return min((one.wanted for one in reckoning.served if one.wanted), default=None)

    @api.model
    def _check_known(self, clause, reckoning):
        """A price rests on values that are stored, each with its source."""
        for served in reckoning.served:
            if not served.s0.key:
                raise UserError(
                    self.env._(
                        "%(series)s: no value for %(month)s. Enter the value written "
                        "in the contract, with its source, before revising.",
                        series=served.s0.series,
                        month=served.s0.month.strftime("%m/%Y"),
                    )
                )

    @api.model
    def _apply_reckoning(self, clause, reckoning):
        """Values of a reckoning as they are stored: exact figures are strings."""
        revised, first = reckoning.revised, reckoning.served[0]
        used = [
            part.key
            for one in reckoning.served
            for value in (one.s0, one.s1)
            for part in value.parts or (value,)
        ]
        return {
            "p0": float(reckoning.p0),
            "p1": float(revised.price),
            "line_amount": float(revised.line),
            "s0_value_id": first.s0.key,
            "s1_value_id": first.s1.key,
            "value_ids": [(6, 0, used)],
            "s0": float(first.s0.value),
            "s1": float(first.s1.value),
            "s0_published_on": first.s0.published_on,
            "s1_published_on": first.s1.published_on,
            "link": plain(revised.link) if revised.link else False,
            "ratio": plain(revised.ratio),
            "coefficient": plain(revised.coefficient),
            "ratio_percent": float(revised.ratio_percent),
            "price_percent": float(revised.price_percent),
            "steps": [step.as_dict() for step in revised.steps],
            "limit_kind": revised.limit or False,
            "provisional": reckoning.provisional,
            "warnings": "\n".join(
                [
                    *clause._get_legal_warnings(),
                    *map(clause._explain_notice, reckoning.notices),
                ]
            ),
        }

    @api.model
    def _to_case(self, line, clause, day, base_date=None):
        """The price of the start, and the revision applied before the day."""
        price, current, last = self._get_prices(line, clause, day)
        previous = last and Previous(
            last.effective_date, current, last._get_served(clause)
        )
        quantity = self._get_quantity(line._get_version_at(day) or line)
        return clause._to_case(price, day, base_date, previous or None, quantity)

    @api.model
    def _get_prices(self, line, clause, day):
        """P0, the price in force, and the revision applied last before the day."""
        terms = line._get_version_at(day) or line
        last = self._find_last(line, day)
        in_force = exact(terms.price_unit)
        if last and terms.price_revision_id == last:
            in_force = exact(last.p1)
        if clause.base != "original":
            return in_force, in_force, last
        first = line.version_ids.sorted(lambda version: (version.date_from, version.id))
        original = exact((first[:1] or line).price_unit)
        return original, in_force if last else original, last

    def _get_served(self, clause):
        """The S1 of each index of the clause at this revision; none when it changed."""
        found = {pair["name"]: pair["s1"] for pair in self.record["pairs"]}
        codes = [index.code for index, _weight in clause._get_weights()]
        if set(codes) != set(found):
            return ()
        return tuple(self._read_served(found[code]) for code in codes)

    @api.model
    def _read_served(self, written):
        """A value as it served; a mean is that of the values it was made of then."""
        values = self.env["crm.price.index.value"]
        parts = tuple(
            values.browse(part["id"])._to_observation()
            for part in written.get("parts") or [written]
        )
        return average(parts) if len(parts) > 1 else parts[0]

    @api.model
    def _get_quantity(self, terms):
        """What the price is multiplied by on the line: quantity less discount."""
        return exact(terms.quantity) * (1 - exact(terms.discount) / 100)

    @api.model
    def _find_last(self, line, day):
        """The revision applied last before the day: of one date, its regularisation.
        What was undone never was."""
        made = line.version_ids.price_revision_id
        if not made:
            return made
        applied = made.filtered(
            lambda revision: (
                revision.effective_date < day and revision.state == "applied"
            )
        )
        return applied.sorted(lambda revision: (revision.effective_date, revision.id))[
            -1:
        ]

    def replay(self):
        """Reckon anew from the record alone, as years later.

        :return: {p1, line, coefficient, steps, same}, the figures as strings
        """
        self.ensure_one()
        self.check_access("read")
        revised = replay(self.record)
        return {
            "p1": plain(revised.price),
            "line": plain(revised.line),
            "coefficient": plain(revised.coefficient),
            "steps": [step.as_dict() for step in revised.steps],
            "same": revised.price == exact(self.p1),
        }

    def _get_unit_price(self, terms):
        """P1, or the exact quotient that gives the line as the contract rounds it.

        The host rounds a line half up by the currency; where the contract rounds
        otherwise, only a price with more decimals gives its amount.
        """
        quantity = self._get_quantity(terms)
        line = exact(self.line_amount)
        rounded = self.currency_id.round
        as_billed = exact(rounded(float(exact(self.p1) * quantity)))
        payable = exact(rounded(float(line))) == line
        if not quantity or as_billed == line or not payable:
            return self.p1
        return float(line / quantity)
