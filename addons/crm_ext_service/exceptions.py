"""Errors of the pure part; models turn them into messages for the user."""

from decimal import Decimal


class HoursRefused(Exception):
    """The customer's books cannot pay and none of them allows an overdraft."""

    def __init__(self, needed: Decimal, available: Decimal) -> None:
        """Keep both figures for the message."""
        super().__init__(f"{needed} h needed, {available} h available")
        self.needed = needed
        self.available = available
