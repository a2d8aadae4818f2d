from odoo import api, fields, models

from ..tools.index_file import Rules, SeriesFacts, judge
from ..tools.index_period import period_label
from ..tools.index_series import Series
from ..tools.indexation import plain

LATE_ACTIVITY = "crm_ext_subscriptions.mail_activity_type_index_late"


class CrmPriceIndex(models.Model):
    """Values taken in from a form, a file or a call: one judge for the three."""

    _inherit = "crm.price.index"

    @api.model
    def intake(self, rows, dry_run=False, accept_jumps=False, confirm=False):
        """Take index values in; each row stands or falls by itself.

        :param rows: [{series, period, value, published_on, vintage, status, source}]
        :param dry_run: only say what would become of each row
        :param accept_jumps: variations over 10 % were looked at
        :param confirm: an accountant has compared the values with the publisher's
        :return: {created, refused, rows: [{row, outcome, series, period, value, before,
            change_percent, message, id}]}
        """
        self.env["crm.price.index.value"].check_access("create")
        if confirm:
            self._check_may_verify()
        verdicts = self._judge(list(enumerate(rows, 1)), accept_jumps)
        values = {} if dry_run else self._take_in(verdicts, confirm)
        answers = [self._answer(verdict, values) for verdict in verdicts]
        return {
            "created": len(values),
            "refused": sum(answer["outcome"] == "refused" for answer in answers),
            "rows": answers,
        }

    @api.model
    def _judge(self, rows, accept_jumps=False):
        rules = Rules(fields.Date.context_today(self), accept_jumps)
        return judge(rows, self._get_facts(), rules)

    @api.model
    def _get_facts(self):
        """{each name of a series in lower case: what is known of it}."""
        names = self._get_names()
        by_code = {index.code: index._to_facts() for index in self.search([])}
        return {name: by_code[series.code] for name, series in names.items()}

    def _to_facts(self):
        return SeriesFacts(
            Series(self.code, self.period),
            self.active_from or None,
            self.active_to or None,
            tuple(value._to_observation() for value in self.value_ids),
        )

    @api.model
    def _take_in(self, verdicts, confirm=False):
        """{line number: the value made of it} for the rows that bring something."""
        bringing = [
            verdict
            for verdict in verdicts
            if verdict.outcome in ("new", "correction", "dated")
        ]
        indices = {index.code: index for index in self.search([])}
        values = self.env["crm.price.index.value"].create(
            [self._prepare_value(verdict, indices) for verdict in bringing]
        )
        if confirm:
            values._verify()
        values.index_id._close_late_activities()
        numbers = [verdict.number for verdict in bringing]
        return dict(zip(numbers, values, strict=True))

    @api.model
    def _prepare_value(self, verdict, indices):
        value = verdict.value
        return {
            "index_id": indices[value.series].id,
            "month": value.month,
            "value": float(value.value),
            "published_on": value.published_on,
            "status": "provisional" if value.provisional else "final",
            "vintage": value.vintage or "entered",
            "source": verdict.source,
        }

    @api.model
    def _answer(self, verdict, values):
        value = verdict.value
        made = values.get(verdict.number)
        unit = self._get_unit(value.series) if value else "month"
        return {
            "row": verdict.number,
            "outcome": verdict.outcome,
            "series": value.series if value else "",
            "period": period_label(value.month, unit) if value else "",
            "value": plain(value.value) if value else "",
            "before": plain(verdict.before) if verdict.before else "",
            "change_percent": (
                "" if verdict.change is None else f"{verdict.change:.3f}"
            ),
            "message": self._explain_row(verdict),
            "id": made.id if made else False,
        }

    @api.model
    def _get_unit(self, code):
        return self.search([("code", "=", code)], limit=1).period

    @api.model
    def _explain_row(self, verdict):
        if not verdict.reason:
            return ""
        clauses = self.env["crm.index.clause"]
        texts = clauses._get_input_refusals() | self._get_row_refusals()
        details = {name: value for name, value in verdict.details}
        return texts[verdict.reason] % details

    @api.model
    def _get_row_refusals(self):
        return {
            "no_header": self.env._(
                "No line names the columns: series, period, value, and if known "
                "published_on, vintage, status, source."
            ),
            "before_series": self.env._(
                "%(month)s lies before the series, from %(since)s on."
            ),
            "after_series": self.env._(
                "%(month)s lies after the series, ended in %(until)s."
            ),
            "future_period": self.env._("%(month)s has not begun."),
            "publication_day": self.env._(
                "Published on %(value)s: that day must follow the start of the period "
                "and not lie ahead."
            ),
            "status": self.env._("%(value)s: a value is provisional or final."),
            "duplicate_row": self.env._(
                "%(month)s stands twice: this row is not taken in."
            ),
            "vintage_known": self.env._(
                "%(month)s has a vintage %(vintage)s with another value already."
            ),
            "known_month": self.env._(
                "%(month)s is known already, at %(before)s. A correction has a vintage "
                "of its own and its publication date."
            ),
            "correction_undated": self.env._(
                "%(month)s is known already: give the publication date of the "
                "correction."
            ),
            "jump": self.env._(
                "%(month)s varies by %(change)s %%: over 10 %% a value is looked at "
                "and accepted first."
            ),
        }
