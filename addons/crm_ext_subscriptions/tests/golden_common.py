import json
from datetime import date
from pathlib import Path

from odoo.fields import Command

from .common import SubscriptionCase

GOLDEN = Path(__file__).parent / "samples" / "clauses" / "golden.json"


def golden():
    """The clauses, each with its figures as worked out by fractions beforehand."""
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


class GoldenCase(SubscriptionCase):
    """Each clause of the golden file on series and a subscription of its own."""

    def make_series(self, vector):
        """{letter: series}, successors linked."""
        indices = self.env["crm.price.index"].with_user(self.manager)
        series = {
            letter: indices.create(
                {
                    "name": f"{vector['id']} {letter}",
                    "code": f"{vector['id']}-{letter}",
                    "period": facts.get("period", "month"),
                    "active_to": facts.get("until"),
                    "legal_kind": facts.get("kind", "related"),
                    "earliest_days": 20,
                }
            )
            for letter, facts in vector["series"].items()
        }
        for letter, facts in vector["series"].items():
            if facts.get("successor"):
                series[letter].write(
                    {
                        "successor_id": series[facts["successor"]].id,
                        "link_own_value": facts["own"],
                        "link_successor_value": facts["new"],
                    }
                )
        return series

    def make_clause(self, vector):
        """The series, and the clause on a confirmed yearly subscription."""
        series = self.make_series(vector)
        subscription = self.subscribe(
            date.fromisoformat(vector["start"]),
            plan_id=self.yearly.id,
            unit="quarter" if vector["clause"].get("frequency") == 3 else "year",
            lines=[
                {
                    "price_unit": float(vector["price"]),
                    "quantity": float(vector["quantity"]),
                }
            ],
        )
        terms = [
            Command.create({"index_id": series[letter].id, "weight": weight})
            for letter, weight in vector["weights"].items()
        ]
        clause = (
            self.env["crm.index.clause"]
            .with_user(self.seller)
            .create(
                {
                    "subscription_id": subscription.id,
                    "index_id": series["A"].id,
                    "term_ids": terms,
                    **vector["clause"],
                }
            )
        )
        return series, clause

    def to_rows(self, vector, series):
        """The values as a caller or a file gives them."""
        rows = []
        for letter, period, value, *more in vector["values"]:
            published, vintage = [*more, None, None][:2]
            rows.append(
                {
                    "series": series[letter].code,
                    "period": period,
                    "value": value,
                    "published_on": published,
                    "vintage": vintage or "",
                }
            )
        return rows
