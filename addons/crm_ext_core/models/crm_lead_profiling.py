from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """People who object to profiling are not scored, and the lead says so."""

    _inherit = "crm.lead"

    crm_no_profiling = fields.Boolean(
        string="Objects to profiling",
        copy=False,
        tracking=True,
        help="This person is not scored (right to object, GDPR article 21). Set on the "
        "contact, it holds for all leads of the contact and of its address.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._inherit_objection()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"partner_id", "email_from"}:
            self._inherit_objection()
        return result

    def _inherit_objection(self):
        """Who objected once is not scored under a new lead either."""
        # sudo: an objection holds whoever may read the contact
        people = self.env["res.partner"].sudo().with_context(active_test=False)
        leads = self.sudo().filtered(lambda lead: not lead.crm_no_profiling)
        emails = [mail for mail in leads.mapped("email_normalized") if mail]
        objecting = people.search(
            Domain("crm_no_profiling", "=", True)
            & (
                Domain("id", "in", leads.partner_id.ids)
                | Domain("email_normalized", "in", emails)
            )
        )
        known = set(objecting.mapped("email_normalized")) - {False}
        known |= leads._find_objecting_addresses(emails)
        if objecting or known:
            leads.filtered(
                lambda lead: (
                    lead.partner_id in objecting or lead.email_normalized in known
                )
            ).crm_no_profiling = True

    def _find_objecting_addresses(self, emails):
        """Addresses that objected without being a contact: on another lead."""
        if not emails:
            return set()
        others = self.with_context(active_test=False).search_fetch(
            [
                ("email_normalized", "in", emails),
                ("crm_no_profiling", "=", True),
                ("id", "not in", self.ids),
            ],
            ["email_normalized"],
        )
        return set(others.mapped("email_normalized"))
