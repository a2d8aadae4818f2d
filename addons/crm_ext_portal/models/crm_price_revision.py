from markupsafe import Markup

from odoo import fields, models


class CrmPriceRevision(models.Model):
    """Customers see the figures by which a price was revised, once it is decided."""

    _name = "crm.price.revision"
    _inherit = ["crm.price.revision", "crm.portal.mixin"]

    _portal_fields = frozenset(
        {
            "line_id",
            "subscription_id",
            "partner_id",
            "company_id",
            "currency_id",
            "effective_date",
            "price_from",
            "notice_sent_on",
            "contest_until",
            "answer",
            "answered_at",
            "contest_reason",
            "state",
            "p0",
            "p1",
            "s0",
            "s1",
            "s0_published_on",
            "s1_published_on",
            "link",
            "ratio",
            "coefficient",
            "ratio_percent",
            "price_percent",
        }
    )

    # it names the product, which customers may not read by themselves
    display_name = fields.Char(compute_sudo=True)

    # ------------------------------------------------------------------ page
    # The page hands over the record as superuser, once access to it is checked.
    def _get_portal_url(self):
        return f"/my/revisions/{self[:1].id}"

    def _get_portal_answer(self):
        """What may still be answered to the letter: any, accept, or nothing."""
        today = fields.Date.context_today(self)
        open_ones = {one._may_answer(today) for one in self._get_letter_group()}
        return next((kind for kind in ("any", "accept") if kind in open_ones), None)

    def _get_portal_letter(self):
        """(name, content) of the letter as it was sent, else as it would be."""
        sent = self.letter_id
        if sent:
            return sent.name, sent.raw
        group = self._get_letter_group()
        return f"{group._get_letter_title()}.pdf", group._render_letters()

    def _get_letter_body(self):
        """The message that bears the letter leads to the page where it is answered."""
        return Markup('<p>%s</p><p><a href="%s">%s</a></p>') % (
            super()._get_letter_body(),
            self[:1].get_base_url() + self._get_portal_url(),
            self.env._("Read the proof, accept or contest"),
        )
