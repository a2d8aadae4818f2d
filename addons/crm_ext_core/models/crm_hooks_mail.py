from odoo import api, models
from odoo.fields import Domain


class CrmHooks(models.AbstractModel):
    """What an e-mail address is worth, of contacts and leads."""

    _inherit = "crm.hooks"

    @api.model
    def _mail_bounce_domain(self, model):
        """Records whose mail came back; addons that know more add theirs with OR.

        :param str model: "res.partner" or "crm.lead"
        """
        return Domain("message_bounce", ">", 0)

    @api.model
    def _mail_states(self, model):
        """{state: domain of a model's records}, each record in one state."""
        domains = {
            "missing": Domain(self.env[model]._primary_email, "in", [False, ""]),
            "malformed": Domain("email_normalized", "=", False),
            "excluded": Domain("is_blacklisted", "=", True),
            "bounced": self._mail_bounce_domain(model),
            "valid": Domain.TRUE,
        }
        states, before = {}, Domain.TRUE
        for state, domain in domains.items():
            states[state] = before & domain
            before &= ~domain
        return states
