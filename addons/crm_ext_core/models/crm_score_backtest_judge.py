from dataclasses import asdict
from datetime import timedelta

from odoo import api, fields, models

from ..tools import backtest, scoring

MISTAKES = 10
POINTS = 40


class CrmScoreBacktest(models.Model):
    """Judging past leads in the background, and what comes out of it."""

    _inherit = "crm.score.backtest"

    worst_lost_ids = fields.Many2many(
        "crm.score.backtest.case", string="Lost in spite of a high score",
        compute="_compute_worst",
    )  # fmt: skip
    worst_won_ids = fields.Many2many(
        "crm.score.backtest.case", string="Won in spite of a low score",
        compute="_compute_worst",
    )  # fmt: skip

    @api.depends("state", "case_ids")
    def _compute_worst(self):
        """The worst mistakes, among the leads that the reader may see."""
        cases = self.env["crm.score.backtest.case"]
        for trial in self:
            of_trial = [("backtest_id", "=", trial.id)]
            trial.worst_lost_ids = cases.search(
                [*of_trial, ("won", "=", False)], order="score desc, id", limit=MISTAKES
            )
            trial.worst_won_ids = cases.search(
                [*of_trial, ("won", "=", True)], order="score, id", limit=MISTAKES
            )

    # ------------------------------------------------------------------ the batch run
    @api.model
    def _batch_process(self, run, units):
        for unit in units:
            # sudo: a trial judges all leads of the company, whoever started it
            trial = self.sudo().browse(unit.res_id).exists()
            leads = self.env["crm.lead"].sudo().with_context(active_test=False)
            if trial:
                trial._judge(leads.browse(unit.payload["leads"]).exists())

    @api.model
    def _batch_done(self, run):
        # sudo: as above; the result holds figures, no names
        for trial in self.sudo().search([("run_id", "=", run.id)]):
            trial.write({"state": "done", "result": trial._conclude()})

    @api.model
    def _batch_unit_label(self, unit):
        return self.env._("%(count)s leads", count=len(unit.payload["leads"]))

    def _judge(self, leads):
        """Score these leads as they were, and keep each as a case."""
        moments = {lead.id: self._moment(lead) for lead in leads}
        past = self._rebuild(moments)
        tried = self._score_then(self.model_id, leads, moments, past)
        compared = self._score_then(self.baseline_id, leads, moments, past)
        told = self._host_predictions(leads, past) if self.with_host else {}
        self.env["crm.score.backtest.case"].create(
            [
                {
                    "backtest_id": self.id,
                    "lead_id": lead.id,
                    "judged_at": moments[lead.id],
                    "won": lead.won_status == "won",
                    "score": tried[lead.id],
                    "baseline": compared.get(lead.id, 0),
                    "probability": told.get(lead.id, 0.0),
                }
                for lead in leads
            ]
        )

    def _moment(self, lead):
        """When the lead is judged: some days before its end, not before its start."""
        return max(
            lead.date_closed - timedelta(days=self.days_before), lead.create_date
        )

    def _score_then(self, model, leads, moments, past):
        """{lead id: score} by a model, with what was known at each lead's moment."""
        if not model:
            return {}
        rules, limits = model._to_rules()
        grants = {lead.id: [] for lead in leads}
        for rule in self._usable_rules(model):
            if rule.kind == "event":
                continue
            for lead_id in self._holding(rule, leads, past):
                grants[lead_id].append(
                    scoring.Grant(0, rules[rule.id], moments[lead_id])
                )
        self._add_events(model, rules, grants, moments)
        return {
            lead_id: scoring.score(found, limits, moments[lead_id]).total
            for lead_id, found in grants.items()
        }

    def _add_events(self, model, rules, grants, moments):
        events = self.env["crm.score.event"].search(
            [("lead_id", "in", list(grants))], order="date desc, id desc"
        )
        by_source = events.grouped("source")
        for rule in model.rule_ids.filtered(lambda rule: rule.kind == "event"):
            counted = set()
            for event in by_source.get(rule.event_source, ()):
                lead_id = event.lead_id.id
                known = event.date <= moments[lead_id]
                if known and (rule.repeatable or lead_id not in counted):
                    counted.add(lead_id)
                    grants[lead_id].append(
                        scoring.Grant(event.id, rules[rule.id], event.date)
                    )

    def _usable_rules(self, model):
        """The rules whose past truth is known, or assumed when the user says so."""
        usable = model.rule_ids.browse()
        for rule in model.rule_ids:
            unknown, moving = self._unknown_of(rule)
            if rule.kind == "event" or (
                not moving and (not unknown or self.assume_unchanged)
            ):
                usable |= rule
        return usable

    # ------------------------------------------------------------------ what comes out
    def _conclude(self):
        """The figures of the trial, ready to be drawn."""
        rows = self.case_ids.read(["won", "score", "baseline", "probability"])
        tried = self._cases(rows, "score")
        ways = {"tried": tried}
        if self.baseline_id:
            ways["compared"] = self._cases(rows, "baseline")
        if self.with_host:
            ways["host"] = self._cases(rows, "probability")
        return {
            "won": sum(case.won for case in tried),
            "lost": sum(not case.won for case in tried),
            "weeks": self._weeks(),
            "names": {
                "tried": self.model_id.display_name,
                "compared": self.baseline_id.display_name or "",
            },
            "ways": {
                way: {
                    "separation": _plain(backtest.separation(cases)),
                    "tenths": [asdict(tenth) for tenth in backtest.tenths(cases)],
                    "bands": [asdict(band) for band in backtest.calibration(cases)],
                }
                for way, cases in ways.items()
            },
            "unknown": self._tell_unknown(),
        }

    def _cases(self, rows, name):
        return [backtest.Case(row["id"], row[name], row["won"]) for row in rows]

    def _weeks(self):
        """The weeks that the judged leads cover."""
        closed = self.case_ids.lead_id.mapped("date_closed")
        days = (self.date_to - self.date_from).days + 1
        if len(closed) >= self._most_leads() and closed:
            days = (max(closed) - min(closed)).days + 1
        return max(days / 7, 1 / 7)

    def _tell_unknown(self):
        """The rules that rest on fields without history, and what became of them."""
        told = []
        for model in self.model_id | self.baseline_id:
            for rule in model.rule_ids.filtered(lambda rule: rule.kind != "event"):
                unknown, moving = self._unknown_of(rule)
                if unknown or moving:
                    told.append(
                        {
                            "model": model.display_name,
                            "rule": rule.name,
                            "fields": [self._path_label(path) for path in unknown],
                            "moving": moving,
                            "assumed": self.assume_unchanged and not moving,
                        }
                    )
        return told

    def _path_label(self, path):
        """The path in the words of the screens: "Contact > Industry"."""
        model, words = self.env["crm.lead"], []
        for name in path.split("."):
            words.append(model.fields_get([name], ["string"])[name]["string"])
            if model._fields[name].relational:
                model = self.env[model._fields[name].comodel_name]
        return " > ".join(words)

    def _advise(self):
        """The threshold that fits the capacity, and what each threshold would do."""
        # sudo: figures over all cases, whichever leads the reader may open
        rows = self.sudo().case_ids.read(["won", "score"])
        cases, weeks = self._cases(rows, "score"), self.result["weeks"]
        cut = backtest.threshold(cases, weeks, self.capacity)
        known = backtest.cuts(cases, weeks)
        step = max(len(known) // POINTS, 1)
        return {
            "cut": _plain(cut),
            "cuts": [asdict(one) for one in known[::step]],
            "capacity": self.capacity,
        }


def _plain(value):
    return asdict(value) if value else False
