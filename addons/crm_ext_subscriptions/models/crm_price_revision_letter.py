import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.index_period import period_label
from ..tools.price_letter import Letter, PriceTable, render


class CrmPriceRevision(models.Model):
    """The letter to the customer: clause, values, formula in numbers, every step."""

    _inherit = "crm.price.revision"

    letter_id = fields.Many2one(
        "ir.attachment",
        string="Letter sent",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )

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
        return self._carry_out("letter")

    def _letter(self):
        """One letter a subscription and date; what was sent is not sent again."""
        unsent = self.filtered(lambda revision: not revision.letter_id)
        for revisions in unsent.grouped(
            lambda one: (
                one.subscription_id,
                one.effective_date,
                bool(one.regularises_id),
            )
        ).values():
            revisions._send_letter()

    def _send_letter(self):
        subscription, addressee = self.subscription_id, self._get_addressee()
        self._check_addressee(addressee)
        letter = self.with_context(lang=self._get_letter_lang())
        title = letter._get_letter_title()
        # sudo: the letter stays with the proof, which users do not write
        file = self.env["ir.attachment"].sudo().create(letter._prepare_sent_letter())
        message = subscription.message_post(
            body=letter._get_letter_body(),
            subject=title,
            attachments=[(file.name, file.raw)],
            partner_ids=addressee.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self._trace_letter(addressee, title)
        self._advance({"letter_id": file.id, "notice_message_id": message.id})
        self.record_notice(fields.Date.context_today(self), "email")

    def _get_addressee(self):
        subscription = self.subscription_id
        return subscription.partner_invoice_id or subscription.partner_id

    def _check_addressee(self, addressee):
        # sudo: whoever announces a price need not read every contact
        contact = addressee.sudo()
        if not contact.email:
            raise UserError(
                self.env._(
                    "%(customer)s has no e-mail address. Enter it, or print the letter "
                    "and record the notice.",
                    customer=contact.display_name,
                )
            )

    def _trace_letter(self, addressee, title):
        """A note on the contact and on the company: what was announced."""
        body = self.env._(
            "%(subscription)s: %(title)s",
            subscription=self.subscription_id.name,
            title=title,
        )
        concerned = addressee | self.subscription_id.partner_id.commercial_partner_id
        # sudo: the contact's own record says what was announced, whether or not the
        # sender may edit contacts
        concerned.sudo()._message_log_batch(
            bodies=dict.fromkeys(concerned.ids, body),
        )

    def _get_letter_body(self):
        """The words of the message that bears the letter."""
        return self._get_letter_title()

    def _prepare_sent_letter(self):
        return {
            "name": f"{self._get_letter_title()}.pdf",
            "raw": self._render_letters(),
            "mimetype": "application/pdf",
            "res_model": self._name,
            "res_id": self[:1].id,
        }

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
            date=format_date(self.env, self[:1]._get_first_day()),
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
                    date=format_date(self.env, self[:1]._get_first_day()),
                ),
                *self._get_letter_remarks(),
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

    def _get_letter_remarks(self):
        """What this letter says beside the price."""
        if self.regularises_id:
            yield self.env._(
                "The price that applied until now rested on an index value that was "
                "not final; it becomes final as follows. What the days billed already "
                "owe or are owed comes with the next invoice."
            )
        days = max(self.clause_id.mapped("contest_days"))
        if days:
            yield self.env._(
                "You may contest this price within %(days)s days of this letter, with "
                "your reason.",
                days=days,
            )

    def _get_address_lines(self, partner):
        # sudo: a letter bears the address of whoever it goes to
        lines = partner.sudo()._display_address().splitlines()
        # a company's address begins with its name already
        return tuple(dict.fromkeys(filter(None, (partner.sudo().name, *lines))))

    def _prepare_price_table(self):
        figure, labels = self._get_figure(), self._get_labels()
        return PriceTable(
            title=self.line_id.name.splitlines()[0],
            facts=tuple(self._get_letter_facts(figure)),
            formula=figure(self._get_formula_in_numbers().replace("→", "->")),
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
