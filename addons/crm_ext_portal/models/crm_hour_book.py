from odoo import fields, models


class CrmHourBook(models.Model):
    """Customers see what they bought, used and have left."""

    _name = "crm.hour.book"
    _inherit = ["crm.hour.book", "crm.portal.mixin"]

    # customers may not read products: what they bought has its name here
    product_name = fields.Char(string="Product name", related="product_id.name")

    _portal_fields = frozenset(
        {
            "name",
            "partner_id",
            "product_id",
            "product_name",
            "company_id",
            "bought_on",
            "expires_on",
            "state",
            "hours_bought",
            "hours_used",
            "hours_left",
            "percent_left",
            "level",
        }
    )

    def _get_portal_draws(self):
        """What each case took from each book, the latest first.

        :return: {book: [(case, hours, date of the last move)]}
        """
        draws = {book: [] for book in self}
        groups = self.env["crm.hour.move"]._read_group(
            [("book_id", "in", self.ids), ("case_id", "!=", False)],
            ["book_id", "case_id"],
            ["signed_hours:sum", "date:max"],
        )
        for book, case, signed, date in sorted(
            groups, key=lambda group: (group[3], group[1].id), reverse=True
        ):
            # a case that was reopened gave its hours back: nothing to show
            if round(signed, 4):
                draws[book].append((case, -signed, date))
        return draws
