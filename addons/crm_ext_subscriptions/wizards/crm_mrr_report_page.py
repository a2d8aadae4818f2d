from decimal import Decimal

from odoo import api, models
from odoo.tools.misc import format_date, formatLang

from ..tools.indexation import exact
from ..tools.mrr_figures import Ratio, waterfall
from ..tools.mrr_summary import Customers, bridge_steps, summarise

PERCENT = {"growth", "churn", "revenue_churn", "retention"}
COUNTS = {"customers"}
PLAIN = {"quick_ratio"}


class CrmMrrReport(models.TransientModel):
    """The page as the browser draws it: numbers are worded here, drawn there."""

    _inherit = "crm.mrr.report"

    def _prepare_page(self):
        scope = self._to_scope()
        opening, moves = self._moves._read_bridge(scope)
        return {
            "tiles": self._prepare_tiles(self._summarise(scope, opening, moves)),
            "bridge": self._prepare_bridge(opening, moves),
            "curve": self._prepare_curve(scope),
            "products": self._prepare_products(scope),
            "cohorts": self._prepare_cohorts(scope),
        }

    @property
    def _moves(self):
        return self.env["crm.mrr.move"]

    def _summarise(self, scope, opening, moves):
        customers = self._to_customers(self._moves._read_customers(scope))
        return summarise(opening, moves, customers, scope.date_from, scope.date_to)

    @api.model
    def _to_customers(self, row):
        return Customers(
            start=row["start"],
            lost=row["lost"],
            paying=row["paying"],
            opening=exact(row["opening"] or 0.0),
            given_up=exact(row["given_up"] or 0.0),
            retained=exact(row["retained"] or 0.0),
        )

    # ------------------------------------------------------------------ tiles
    def _prepare_tiles(self, summary):
        helps = self._get_figure_definitions()
        tiles = []
        for code, label in self._get_figure_labels().items():
            value, reason = self._split(getattr(summary, code))
            tiles.append(
                {
                    "code": code,
                    "label": label,
                    "help": helps[code],
                    "value": self._format_figure(code, value),
                    "reason": self._get_reasons().get(reason, ""),
                }
            )
        return tiles

    def _split(self, figure):
        if isinstance(figure, Ratio):
            return figure.value, figure.reason
        return figure, ""

    def _format_figure(self, code, value):
        if value is None:
            return "-"
        if code in PERCENT:
            return self._format_percent(value)
        if code in COUNTS:
            return formatLang(self.env, value, digits=0)
        if code in PLAIN:
            return formatLang(self.env, float(value), digits=2)
        return self._format_money(value)

    def _format_money(self, value):
        currency = self.company_id.currency_id
        return formatLang(self.env, float(value), currency_obj=currency)

    def _format_percent(self, value):
        if value is None:
            return "-"
        return f"{formatLang(self.env, float(value * 100), digits=1)}\u00a0%"

    # ------------------------------------------------------------------ bridge
    def _prepare_bridge(self, opening, moves):
        """A row a bar; bars are placed in percent of the widest level."""
        steps = list(bridge_steps(moves))
        named = [(f"{kind}:{int(revised)}", amount) for kind, revised, amount in steps]
        bars = waterfall(opening, named)
        labels = self._get_bridge_labels(steps)
        low = min(Decimal(0), *(bar.low for bar in bars))
        span = max(bar.high for bar in bars) - low
        return [
            {
                "code": bar.code,
                "label": labels[bar.code],
                "value": self._format_step(bar),
                "tone": self._get_tone(bar),
                "left": float((bar.low - low) / span * 100) if span else 0.0,
                "width": float((bar.high - bar.low) / span * 100) if span else 0.0,
            }
            for bar in bars
        ]

    def _get_bridge_labels(self, steps):
        names = self._get_step_labels()
        day = format_date(self.env, self.date_to)
        return {
            f"{kind}:{int(revised)}": names[kind, revised]
            for kind, revised, _amount in steps
        } | {
            "opening": self.env._(
                "MRR before %(day)s", day=format_date(self.env, self.date_from)
            ),
            "closing": self.env._("MRR on %(day)s", day=day),
        }

    def _format_step(self, bar):
        sign = "+" if bar.amount > 0 and self._get_tone(bar) != "total" else ""
        return f"{sign}{self._format_money(bar.amount)}"

    @api.model
    def _get_tone(self, bar):
        if bar.code in ("opening", "closing"):
            return "total"
        return "up" if bar.amount > 0 else "down"
