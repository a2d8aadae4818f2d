import re
from urllib.parse import urlsplit

from odoo import models

# the host's link tracker, as mass_mailing writes it for each recipient
TRACKED = re.compile(r"/r/\w+/m/\d+")


class MailMail(models.Model):
    """A mailing's links go through the link tracker: the reader's token rides along in
    his own mail, and the redirect hands it to the websites of our forms."""

    _inherit = "mail.mail"

    def _crm_writes_to_people(self):
        return bool(self.mailing_id) or super()._crm_writes_to_people()

    def _crm_link_token(self, url, tokens):
        ours = self.mailing_id and url.startswith(self.mailing_id.get_base_url())
        if ours and TRACKED.fullmatch(urlsplit(url).path):
            # whichever: it says who reads, the redirect chooses by the target
            return next(iter(tokens.values()))
        return super()._crm_link_token(url, tokens)
