from odoo import models
from odoo.exceptions import ValidationError

from ..tools.periods import period_at


class CrmSubscription(models.Model):
    """What is refused at confirmation, each with the field named."""

    _inherit = "crm.subscription"

    def _find_currencies_without_rate(self):
        """Foreign currencies that the accounts could not convert, in one query."""
        foreign = self.filtered(
            lambda sub: sub.currency_id != sub.company_id.currency_id
        )
        pairs = {(sub.company_id.root_id, sub.currency_id) for sub in foreign}
        # sudo: rates are no secret, and not everybody may list them
        rated = (
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [("currency_id", "in", foreign.currency_id.ids)],
                ["company_id", "currency_id"],
            )
        )
        known = {(company.id, currency.id) for company, currency in rated}
        missing = (
            currency
            for company, currency in pairs
            if not {(company.id, currency.id), (False, currency.id)} & known
        )
        return self.env["res.currency"].union(*missing)

    def _check_before_confirming(self):
        """What a person would find out at the first invoice only."""
        if unrated := self._find_currencies_without_rate():
            raise ValidationError(
                self.env._(
                    "Currency: %(names)s has no exchange rate. Enter one under "
                    "Invoicing, Configuration, Currencies.",
                    names=", ".join(unrated.mapped("name")),
                )
            )
        for subscription in self:
            subscription._check_lines()
            subscription._check_instalments()

    def _check_lines(self):
        if not self._get_billed_lines():
            raise ValidationError(
                self.env._("%(name)s: enter at least one line.", name=self.name)
            )
        for line in self._get_billed_lines().filtered("date_from"):
            term = self.date_term
            if line.date_from < self.date_start or (term and line.date_from > term):
                raise ValidationError(
                    self.env._(
                        "%(product)s, From: the line begins outside the subscription.",
                        product=line.product_id.display_name,
                    )
                )

    def _check_instalments(self):
        if self.price_basis != "total" or not self.date_end:
            return
        terms = self._to_terms()
        if period_at(terms, self.instalments) is None:
            raise ValidationError(
                self.env._(
                    "%(name)s, End: the contract ends before its %(count)s instalments "
                    "are due.",
                    name=self.name,
                    count=self.instalments,
                )
            )
