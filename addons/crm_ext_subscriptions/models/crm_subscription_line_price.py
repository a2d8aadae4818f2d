from odoo import fields, models
from odoo.tools import float_compare

SAME_PRICE_DIGITS = 6


class CrmSubscriptionLine(models.Model):
    """What the catalogue says: the price at entry, or that of each period anew."""

    _inherit = "crm.subscription.line"

    def _get_catalogue_price(self, day=None, quantity=None):
        """Unit price of the pricelist, or of the product, on a day (the start)."""
        self.ensure_one()
        subscription = self.subscription_id
        day = day or subscription.date_start or fields.Date.context_today(self)
        if subscription.pricelist_id:
            return subscription.pricelist_id._get_product_price(
                self.product_id,
                quantity or self.quantity or 1.0,
                currency=subscription.currency_id,
                date=day,
            )
        product = self.product_id.with_company(subscription.company_id)
        if subscription.currency_id in (product.currency_id, self.env["res.currency"]):
            return product.lst_price
        return product.currency_id._convert(
            product.lst_price,
            subscription.currency_id,
            subscription.company_id,
            day,
            round=False,
        )

    def _prepare_rereads(self, days, read):
        """Versions at the catalogue's price on each day, where it is another price.

        :param days: first days of the periods, in order
        :param dict read: prices read already, shared by the lines of a run
        """
        self.ensure_one()
        vals_list, known = [], None
        for day in days:
            terms = self._get_version_at(day)
            if not terms.quantity:
                continue
            known = terms.price_unit if known is None else known
            price = self._read_price(day, terms.quantity, read)
            if float_compare(price, known, precision_digits=SAME_PRICE_DIGITS):
                vals_list += self._prepare_terms_from(
                    day, {"price_unit": price}, reason="pricelist"
                )
                known = price
        return vals_list

    def _read_price(self, day, quantity, read):
        pricelist = self.subscription_id.pricelist_id
        key = (pricelist, self.currency_id, self.product_id, quantity, day)
        if key not in read:
            read[key] = self._get_catalogue_price(day, quantity)
        return read[key]
