from odoo import api, fields, models
from odoo.fields import Domain

from .crm_mail_quality import STATES


class CrmMailedMixin(models.AbstractModel):
    """A record with an e-mail address of a certain quality."""

    _name = "crm.mailed.mixin"
    _description = "Record with an address"

    crm_mail_state = fields.Selection(
        STATES,
        string="E-mail quality",
        compute="_compute_crm_mail_state",
        search="_search_crm_mail_state",
    )

    @api.depends("email_normalized", "message_bounce")
    def _compute_crm_mail_state(self):
        self.crm_mail_state = False
        for state, domain in self.env["crm.hooks"]._mail_states(self._name).items():
            self.filtered_domain(domain).crm_mail_state = state

    @api.model
    def _search_crm_mail_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        states = self.env["crm.hooks"]._mail_states(self._name)
        return Domain.OR(states[state] for state in value if state in states)
