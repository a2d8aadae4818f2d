from odoo import models
from odoo.exceptions import AccessError

ACCOUNTANTS = ("account.group_account_invoice", "account.group_account_manager")


class ResUsers(models.Model):
    """Who answers for invoices, where the host's accounting is installed."""

    _inherit = "res.users"

    def _crm_is_accountant(self):
        self.ensure_one()
        return any(self.has_group(group) for group in ACCOUNTANTS)

    def _crm_check_accountant(self):
        """Refuse to join the invoices of several customers to who does not answer for
        them."""
        if not self._crm_is_accountant():
            raise AccessError(
                self.env._(
                    "Two or more of these contacts have posted invoices: only an "
                    "accountant may merge them. Ask one to."
                )
            )
