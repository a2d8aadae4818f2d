from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What scoring reads of a contact, its account's score, and its objection."""

    _inherit = "res.partner"

    crm_no_profiling = fields.Boolean(
        string="Objects to profiling",
        copy=False,
        help="No lead of this person is scored (right to object, GDPR article 21).",
    )
    crm_account_score = fields.Integer(
        string="Account score", compute="_compute_crm_account_score"
    )

    _crm_no_profiling_idx = models.Index(
        "(email_normalized) WHERE crm_no_profiling IS TRUE"
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_account_score(self):
        accounts = self.env["crm.score.account"]
        scores = {}
        if accounts.has_access("read"):
            found = accounts.search(
                [("partner_id", "in", self.commercial_partner_id.ids)], order="score"
            )
            scores = {account.partner_id: account.score for account in found}
        for partner in self:
            partner.crm_account_score = scores.get(partner.commercial_partner_id, 0)

    def write(self, vals):
        watched = self.env["crm.score.model"]._watched_on(self._name)
        names = vals.keys() & watched.keys()
        touched = self.env["crm.score.model"]._touched_leads(self, names)
        result = super().write(vals)
        if names:
            touched |= self.env["crm.score.model"]._touched_leads(self, names)
            touched._refresh_crm_score()
        if "crm_no_profiling" in vals:
            self._tell_objection(vals["crm_no_profiling"])
        return result

    def _tell_objection(self, objects):
        """All leads of these people, and of their addresses, are scored no more."""
        # sudo: the objection holds for the leads of all salespeople
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        emails = [mail for mail in self.mapped("email_normalized") if mail]
        domain = Domain("partner_id", "in", self.ids)
        if objects:
            domain |= Domain("email_normalized", "in", emails)
        leads.search(
            domain & Domain("crm_no_profiling", "!=", objects)
        ).crm_no_profiling = objects

    def action_crm_account_score(self):
        """The leads behind the account's score."""
        self.ensure_one()
        account = self.env["crm.score.account"].search(
            [("partner_id", "=", self.commercial_partner_id.id)], limit=1
        )
        return account.action_open_leads()
