from markupsafe import Markup

from odoo import models
from odoo.tools import email_normalize

from ..tools.capture import origin_of
from ..tools.visitor_link import mark_links

PEOPLE = ("crm.lead", "res.partner")


class MailMail(models.Model):
    """Links to the websites of our forms recognise who follows them, when that person
    agreed to it: in what is written to people, each recipient his own."""

    _inherit = "mail.mail"

    def _personalize_outgoing_body(self, body, partner=False, doc_to_followers=None):
        body = super()._personalize_outgoing_body(
            body, partner=partner, doc_to_followers=doc_to_followers
        )
        if not body or not self._crm_writes_to_people():
            return body
        # one reader only: a copy or a second address is another person
        several = not partner and self.email_cc
        address = partner.email if partner else self.email_to
        email = not several and email_normalize(address or "")
        # sudo: posts are read for their consent, whoever sends the mail
        tokens = self.env["crm.capture.post"].sudo()._get_visitor_tokens(email)
        if not tokens:
            return body
        marked = mark_links(str(body), lambda url: self._crm_link_token(url, tokens))
        return Markup(marked) if isinstance(body, Markup) else marked

    def _crm_writes_to_people(self):
        """Whether this mail is one of those that recognise their readers."""
        return self.model in PEOPLE

    def _crm_link_token(self, url, tokens):
        """The token that a link of this mail carries, or an empty text.

        :param dict tokens: {website: token} of the reader
        """
        return tokens.get(origin_of(url), "")
