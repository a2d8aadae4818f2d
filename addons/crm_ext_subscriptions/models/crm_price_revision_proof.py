from decimal import Decimal

from odoo import api, models

from ..tools.index_rounding import Link, Rounding
from ..tools.indexation import exact, plain


class CrmPriceRevision(models.Model):
    """The proof as people read it: formula in numbers, values, steps."""

    _inherit = "crm.price.revision"

    @api.depends("steps", "p0", "p1")
    @api.depends_context("lang")
    def _compute_proof(self):
        labels = self._get_labels()
        for revision in self:
            revision.proof = self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.price_revision_proof",
                {"revision": revision, "labels": labels, "figure": self._get_figure()},
            )

    @api.model
    def _get_figure(self):
        """A function that writes exact strings with the reader's decimal sign."""
        point = (
            self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point
        )
        return lambda text: str(text).replace(".", point or ".")

    @api.model
    def _format_exact(self, value, decimals=1):
        """A figure with all its decimals, and at least so many."""
        whole, _point, rest = plain(exact(value)).partition(".")
        return f"{whole}.{rest.ljust(decimals, '0')}"

    @api.model
    def _format_parts(self, parts):
        """The values that a mean is made of, each with its month."""
        return " + ".join(f"{part['value']} ({part['month'][:7]})" for part in parts)

    @api.model
    def _format_percent(self, value):
        return f"{value:+.3f} %"

    def _get_formula_in_numbers(self):
        """The clause's formula with the figures in it, as the customer may check it."""
        self.ensure_one()
        record = self.record
        fractions = [self._get_fraction(pair) for pair in record["pairs"]]
        if record["formula"]["fixed"] != "0" or len(fractions) > 1:
            weighted = [
                f"{pair['weight']} × {fraction}"
                for pair, fraction in zip(record["pairs"], fractions, strict=True)
            ]
            if record["formula"]["fixed"] != "0":
                weighted.insert(0, record["formula"]["fixed"])
            fractions = [f"({' + '.join(weighted)})"]
        factor, lead = fractions[0], ""
        if self._is_coefficient_kept():
            # the figures as they stand would not give the price
            factor, lead = (
                self.coefficient[:14],
                f"{factor} → {self.coefficient[:14]}; ",
            )
        exact_price = self._get_step("unit_price")["before"]
        end = (
            f" → {record['p1']}"
            if Decimal(exact_price) != Decimal(record["p1"])
            else ""
        )
        return f"{lead}{record['p0']} × {factor} = {exact_price[:14]}{end}"

    def _is_coefficient_kept(self):
        """Whether a rounding or a limit changed the coefficient before the price."""
        names = [step["name"] for step in self.steps]
        before = self.steps[: names.index("unit_price")]
        return any(step["before"] != step["after"] for step in before)

    @api.model
    def _get_fraction(self, pair):
        links = [
            plain(
                Link(
                    Decimal(link["old_anchor"]),
                    Decimal(link["new_anchor"]),
                    Rounding.parse(link["rounding"]),
                ).coefficient()
            )
            for link in pair["links"]
        ]
        return f"{' × '.join([pair['s1']['value'], *links])} / {pair['s0']['value']}"

    def _get_step(self, name):
        return next(step for step in self.steps if step["name"] == name)

    @api.model
    def _get_labels(self):
        return {
            "link": self.env._("Link coefficient"),
            "linked_index": self.env._("S1 read in the series of S0"),
            "ratio": self.env._("Ratio S1 / S0"),
            "coefficient": self.env._("Coefficient"),
            "unit_price": self.env._("New price"),
            "line": self.env._("Line, per period"),
            "threshold": self.env._("Threshold: the price in force stays"),
            "cap": self.env._("Cap"),
            "floor": self.env._("Floor"),
            "half_up": self.env._("half up"),
            "up": self.env._("up"),
            "down": self.env._("down"),
            "half_even": self.env._("half to even"),
        }

    @api.model
    def _get_step_label(self, name, labels):
        """A step's name in words; with several indices it ends with the series."""
        kind, _space, series = name.partition(" ")
        return f"{labels.get(kind, kind)} {series}".strip()
