from datetime import timedelta

from odoo import api, fields, models

from ..tools import scoring

CURVE_PAST = timedelta(days=180)
CURVE_AHEAD = timedelta(days=60)
CURVE_POINTS = 30
RAISES = 6


class CrmLead(models.Model):
    """The score told on the lead: its curve, a past date, what would raise it."""

    _inherit = "crm.lead"

    crm_score_panel = fields.Json(compute="_compute_crm_score_panel")

    @api.depends("crm_score", "crm_score_date", "crm_score_entry_ids.points")
    @api.depends_context("lang")
    def _compute_crm_score_panel(self):
        for lead in self:
            known = lead.id and not lead.crm_no_profiling
            lead.crm_score_panel = lead._tell_score() if known else False

    def _tell_score(self):
        """What the page Score draws: curve, grade, what would raise the score."""
        now = fields.Datetime.now()
        # sudo: the rules are the administrator's, what they say is everybody's
        model = self.crm_score_model_id.sudo()
        entries = self.env["crm.score.entry"].search([("lead_id", "=", self.id)])
        return {
            "grade": self.crm_score_grade or "",
            "fit": self.crm_score_fit,
            "engagement": self.crm_score_engagement,
            "model": model.display_name or "",
            "probability": self.automated_probability,
            "curve": self._score_curve(entries, now),
            "raises": self._score_raises(model, entries, now),
        }

    def _score_curve(self, entries, now):
        """[[date, score, whether it lies ahead]]: as the ledger had it, then as it
        fades if nothing happens."""
        first = min([*entries.mapped("date"), self.create_date or now, now])
        begin = max(first, now - CURVE_PAST)
        step = max((now - begin) / CURVE_POINTS, timedelta(hours=1))
        moments = []
        while begin < now:
            moments.append(begin)
            begin += step
        ahead = [now + CURVE_AHEAD * part / 8 for part in range(1, 9)]
        told = [
            (moment, entries._get_score_at(self, moment, entries)[1].total)
            for moment in [*moments, now]
        ]
        live = entries.filtered(lambda entry: not entry.ended_at)
        told += [
            (moment, live._get_score_at(self, moment, live)[1].total)
            for moment in ahead
        ]
        return [
            [fields.Datetime.to_string(moment), total, moment > now]
            for moment, total in told
        ]

    def _score_raises(self, model, entries, now):
        """The rules that would add most, with what they would add today."""
        if not model:
            return []
        rules, limits = model._to_rules()
        live = entries.filtered(lambda entry: not entry.ended_at)
        grants = [
            scoring.Grant(entry.event_id.id or 0, rules[entry.rule_id.id], entry.date)
            for entry in live
            if entry.rule_id.id in rules
        ]
        before = scoring.score(grants, limits, now).total
        found = []
        for rule in model.rule_ids.filtered(lambda rule: rule.kind != "floor"):
            has = rule in live.rule_id.sudo()  # ids only
            if has and not (rule.kind == "event" and rule.repeatable):
                continue
            extra = scoring.Grant(-1, rules[rule.id], now)
            gain = scoring.score([*grants, extra], limits, now).total - before
            if gain > 0:
                found.append({"rule": rule.name, "gain": gain, "kind": rule.kind})
        return sorted(found, key=lambda one: -one["gain"])[:RAISES]

    @api.readonly
    def get_crm_score_at(self, date):
        """The score that this lead had at a past moment, with its contributions.

        :param date: a moment (UTC), as a date or a string
        """
        self.ensure_one()
        self.check_access("read")
        moment = min(fields.Datetime.to_datetime(date), fields.Datetime.now())
        model, told = self.env["crm.score.entry"]._get_score_at(self, moment)
        names = {rule.id: rule.name for rule in model.rule_ids}
        in_words = self.env["crm.score.entry"]._points_in_words
        fit, engagement = told.part(scoring.FIT), told.part(scoring.ENGAGEMENT)
        return {
            "date": fields.Datetime.to_string(moment),
            "score": told.total,
            "fit": fit,
            "engagement": engagement,
            "grade": model._to_grades().grade(fit, engagement) if model else False,
            "model": model.display_name or False,
            "contributions": [
                {
                    "points": float(part.points),
                    "reason": f"{in_words(part.points)} {names[part.grant.rule.key]}",
                    "since": fields.Datetime.to_string(part.grant.earned_at),
                }
                for part in told.contributions
                if part.points
            ],
        }
