"""A bar chart's geometry: amounts become rectangles, whatever draws them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `y` grows downwards, as on a screen."""

    x: float
    y: float
    width: float
    height: float


def bars(amounts: Sequence[float], width: float, height: float) -> list[Bar]:
    """Lay out one bar an amount, side by side; negative ones hang below zero.

    >>> [bar.height for bar in bars([10, 5], 100, 50)]
    [50.0, 25.0]
    """
    if not amounts:
        return []
    top, bottom = max(0.0, *amounts), min(0.0, *amounts)
    span = (top - bottom) or 1.0
    slot = width / len(amounts)
    return [
        Bar(
            x=round(rank * slot + slot * 0.15, 2),
            y=round((top - max(amount, 0.0)) / span * height, 2),
            width=round(slot * 0.7, 2),
            height=round(abs(amount) / span * height, 2),
        )
        for rank, amount in enumerate(amounts)
    ]
