from odoo import models


class CrmBillingPeriod(models.Model):
    """What an invoice line says and shows of a ledger row."""

    _inherit = "crm.billing.period"

    def _get_label(self, lang=None):
        """Name of the invoice line: the line's text, the days, the fraction billed."""
        self.ensure_one()
        row = self.with_context(lang=lang) if lang else self
        if row.kind == "one_off":
            return row.line_id.name
        return f"{row.line_id.name}\n{row._get_fraction_label(lang)}"

    def _get_fraction_label(self, lang=None):
        """The days, with the fraction of a full period that they are: 15/28 days."""
        period = self._get_days_label(lang)
        if not self.days or self.days == self.whole_days:
            return period
        return self.env._(
            "%(period)s (%(days)s/%(total)s days)",
            period=period,
            days=self.days,
            total=self.whole_days,
        )

    def _get_invoice_price(self):
        """Unit price, of the row's quantity and discount, that gives its amount.

        A full period shows the price as entered. A part of a period, or of a total,
        shows what makes its amount exactly: the host may round once for all the lines
        of an invoice, and their cents would not add up to the period. Usage is priced
        without taxes, whatever the taxes of the product.
        """
        self.ensure_one()
        line_type = self.line_id.line_type
        split = line_type == "recurring" and self.subscription_id.price_basis == "total"
        in_full = self.kind != "adjustment" and self.days == self.whole_days
        untaxed = float(self.line_id._get_untaxed_part())
        if in_full and not split and (line_type != "usage" or untaxed == 1):
            return self.price_unit
        factor = self.quantity * (1 - self.discount / 100) * untaxed
        return self.amount / factor if factor else self.price_unit
