import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.index_period import period_label
from ..tools.price_letter import Letter, PriceTable, render


class CrmPriceRevision(models.Model):
    """The letter to the customer: clause, values, formula in numbers, every step."""

    _inherit = "crm.price.revision"

    def action_print_letter(self):
        """One PDF with a letter a subscription, in each customer's language."""
        attachment = self.env["ir.attachment"].create(
            self._prepare_letter_attachment(self._render_letters())
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    def action_send_letter(self):
        """Send each letter by e-mail; the notice and its traces are written down."""
        self._check_may_decide(None)
        if self.filtered(
            lambda revision: revision.state not in ("approved", "applied")
        ):
            raise UserError(self.env._("Approve the revision before announcing it."))
        for revisions in self.grouped("subscription_id").values():
            revisions._send_letter()
        return True

    def _send_letter(self):
        subscription = self.subscription_id
        addressee = subscription.partner_invoice_id or subscription.partner_id
        letter = self.with_context(lang=self._get_letter_lang())
        title = letter._get_letter_title()
        file = (f"{title}.pdf", self._render_letters())
        subscription.message_post(
            body=title,
            subject=title,
            attachments=[file],
            partner_ids=addressee.ids,
            subtype_xmlid="mail.mt_comment",
        )
        # sudo: the company's own record says what was announced, whoever the addressee
        # is and whether the sender may edit contacts
        subscription.partner_id.commercial_partner_id.sudo().message_post(
            body=self.env._(
                "%(subscription)s: %(title)s",
                subscription=subscription.name,
                title=title,
            ),
            subtype_xmlid="mail.mt_note",
        )
        self.record_notice(fields.Date.context_today(self), "email")

    def _render_letters(self):
        return render(
            tuple(
                revisions.with_context(
                    lang=revisions._get_letter_lang()
                )._prepare_letter()
                for revisions in self.grouped("subscription_id").values()
            )
        )

    def _prepare_letter_attachment(self, content):
        return {
            "name": f"{self[:1]._get_letter_title()}.pdf",
            "datas": base64.b64encode(content),
            "mimetype": "application/pdf",
        }

    def _get_letter_lang(self):
        return self.subscription_id.partner_id.lang or self.env.lang or "en_US"

    def _get_letter_title(self):
        return self.env._(
            "%(subscription)s: price from %(date)s",
            subscription=self.subscription_id[:1].name,
            date=format_date(self.env, self[:1].effective_date),
        )

    def _prepare_letter(self):
        """The words of one subscription's letter, in the language of the context."""
        subscription, company = self.subscription_id, self.company_id
        today = format_date(self.env, fields.Date.context_today(self))
        place = company.city
        return Letter(
            sender=self._get_address_lines(company.partner_id),
            recipient=self._get_address_lines(subscription.partner_invoice_id),
            date_line=f"{place}, {today}" if place else today,
            title=self._get_letter_title(),
            opening=(
                self.env._("Dear customer,"),
                self.env._(
                    "Under the index clause of our contract %(subscription)s, its "
                    "price is revised from %(date)s as follows.",
                    subscription=subscription.name,
                    date=format_date(self.env, self[:1].effective_date),
                ),
            ),
            prices=tuple(revision._prepare_price_table() for revision in self),
            closing=(
                self.env._(
                    "Each figure above can be checked against the publisher's values. "
                    "We are at your disposal for any question."
                ),
                self.env._("Yours faithfully,"),
                company.name,
            ),
        )

    def _get_address_lines(self, partner):
        # sudo: a letter bears the address of whoever it goes to
        text = partner.sudo()._display_address()
        return (partner.sudo().name or "", *filter(None, text.splitlines()))

    def _prepare_price_table(self):
        figure, labels = self._get_figure(), self._get_labels()
        return PriceTable(
            title=self.line_id.name.splitlines()[0],
            facts=tuple(self._get_letter_facts(figure)),
            formula=figure(self._get_formula_in_numbers().replace("→", "=")),
            heads=(
                self.env._("Step"),
                self.env._("Exact figure"),
                self.env._("Rounding"),
                self.env._("Kept"),
            ),
            steps=tuple(
                (
                    self._get_step_label(step["name"], labels),
                    figure(step["before"][:16]),
                    self._get_rounding_text(step["rounding"], labels),
                    figure(step["after"][:16]),
                )
                for step in self.steps
            ),
        )

    def _get_letter_facts(self, figure):
        currency = self.currency_id.name
        old, new = (figure(self._format_exact(self[name], 2)) for name in ("p0", "p1"))
        yield self.env._("Clause"), self.clause_id.formula
        yield self.env._("Old price"), f"{old} {currency}"
        for pair in self.record["pairs"]:
            for name in ("s0", "s1"):
                yield name.upper(), figure(self._get_value_text(pair[name]))
            if pair["links"]:
                yield self.env._("Link coefficient"), figure(self.link)
        yield self.env._("New price"), f"{new} {currency}"
        yield (
            self.env._("Ratio S1/S0, %"),
            figure(self._format_percent(self.ratio_percent)),
        )
        yield (
            self.env._("Rounded prices, %"),
            figure(self._format_percent(self.price_percent)),
        )

    def _get_value_text(self, value):
        """Series, period, value, and the day of publication when it is known."""
        index = self.value_ids.index_id.filtered(
            lambda index: index.code == value["series"]
        )
        month = fields.Date.to_date(value["month"])
        text = (
            f"{value['series']} {period_label(month, index.period)}: {value['value']}"
        )
        if not value["published_on"]:
            return text
        day = fields.Date.to_date(value["published_on"])
        published = self.env._("published on %(date)s", date=format_date(self.env, day))
        return f"{text}, {published}"

    def _get_rounding_text(self, rounding, labels):
        if not rounding:
            return self.env._("not rounded")
        digits, mode = rounding.split(":")
        return self.env._(
            "%(digits)s decimals, %(mode)s", digits=digits, mode=labels[mode]
        )
