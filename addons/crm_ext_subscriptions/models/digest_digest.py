from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.mrr_scope import Scope

READERS = (
    "crm_ext_subscriptions.group_subscriptions_user,"
    "crm_ext_subscriptions.group_subscriptions_accountant"
)


class DigestDigest(models.Model):
    """MRR, what is new in it and who left, in the periodic digest."""

    _inherit = "digest.digest"

    kpi_crm_mrr = fields.Boolean(string="MRR")
    kpi_crm_mrr_value = fields.Monetary(compute="_compute_kpi_crm_mrr_value")
    kpi_crm_mrr_new = fields.Boolean(string="New MRR")
    kpi_crm_mrr_new_value = fields.Monetary(compute="_compute_kpi_crm_mrr_new_value")
    kpi_crm_churned = fields.Boolean(string="Customers lost")
    kpi_crm_churned_value = fields.Integer(compute="_compute_kpi_crm_churned_value")

    def _compute_kpi_crm_mrr_value(self):
        moves = self._get_crm_mrr_moves()
        for digest in self:
            scope = digest._to_crm_mrr_scope()
            digest.kpi_crm_mrr_value = moves._read_mrr(scope, scope.date_to)

    def _compute_kpi_crm_mrr_new_value(self):
        moves = self._get_crm_mrr_moves()
        for digest in self:
            _opening, steps = moves._read_bridge(digest._to_crm_mrr_scope())
            digest.kpi_crm_mrr_new_value = steps.get(("new", False), 0)

    def _compute_kpi_crm_churned_value(self):
        moves = self._get_crm_mrr_moves()
        for digest in self:
            found = moves._read_customers(digest._to_crm_mrr_scope())
            digest.kpi_crm_churned_value = found["lost"]

    def _compute_kpis_actions(self, company, user):
        menu = self.env.ref("crm_ext_subscriptions.menu_root").id
        page = f"crm_ext_subscriptions.crm_mrr_report_action?menu_id={menu}"
        return super()._compute_kpis_actions(company, user) | {
            "kpi_crm_mrr": page,
            "kpi_crm_mrr_new": (
                f"crm_ext_subscriptions.crm_mrr_move_action?menu_id={menu}"
            ),
            "kpi_crm_churned": page,
        }

    @api.model
    def _get_crm_mrr_moves(self):
        """The ledger; who may not read it gets a digest without these figures."""
        if not self.env.user.has_groups(READERS):
            raise AccessError(self.env._("MRR: your digest goes without it."))
        return self.env["crm.mrr.move"]

    def _to_crm_mrr_scope(self):
        """The days of the digest's time frame, the last one included."""
        start, end, _companies = self._get_kpi_compute_parameters()
        first = fields.Date.to_date(start) + timedelta(days=1)
        last = fields.Date.to_date(end)
        company = self.company_id or self.env.company
        return Scope(company.id, min(first, last), last)
