from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class CrmMrrAccount(models.Model):
    """The ledger kept in the background: rebuilt on demand, revalued each month."""

    _inherit = "crm.mrr.account"

    @api.model
    def action_rebuild(self):
        """Queue a rebuild of the whole ledger; each customer's is replaced at once."""
        self._check_may_rebuild()
        run = self._enqueue_rebuild()
        return {
            "type": "ir.actions.act_window",
            "name": run.name,
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }

    @api.model
    def _check_may_rebuild(self):
        if not self.env.user.has_group(
            "crm_ext_subscriptions.group_subscriptions_manager"
        ):
            raise AccessError(
                self.env._("An administrator of subscriptions rebuilds the ledger.")
            )

    @api.model
    def _enqueue_rebuild(self):
        # sudo: the ledger is of all companies and belongs to its engine
        ledger = self.sudo()
        ledger._claim_all()
        rows = self.env.execute_query(SQL("SELECT id FROM crm_mrr_account ORDER BY id"))
        return self._enqueue(
            [row[0] for row in rows], self.env._("MRR ledger: rebuild"), True
        )

    @api.model
    def _enqueue(self, ids, name, rebuild):
        return self.env["crm.batch.run"]._enqueue(
            "mrr",
            [{"res_id": key} for key in ids],
            name=name,
            payload={"rebuild": rebuild},
        )

    @api.model
    def _batch_process(self, run, units):
        # sudo: users only read the ledger; who queued the run was allowed to
        customers = self.sudo().browse(units.mapped("res_id")).exists()
        if (run.payload or {}).get("rebuild"):
            customers._rebuild()
        else:
            customers._lock()
            customers._take_in()

    @api.model
    def _batch_unit_label(self, unit):
        return self.browse(unit.res_id).exists().display_name or "-"

    @api.model
    def _cron_keep(self):
        """Queue the customers whose ledger the calendar moves: those billed in another
        currency, once a month, and those that joined another company."""
        ids = self._find_to_revalue() + self._find_moved()
        if ids:
            self._enqueue(sorted(set(ids)), self.env._("MRR ledger: daily"), False)

    def _find_to_revalue(self):
        self.env["crm.subscription"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT customer.id FROM crm_mrr_account customer
                     JOIN crm_subscription sub ON sub.company_id = customer.company_id
                      AND sub.commercial_partner_id = customer.partner_id
                     JOIN res_company company ON company.id = sub.company_id
                    WHERE sub.currency_id <> company.currency_id
                      AND sub.state <> 'draft' AND customer.known_at < %s""",
                fields.Date.today().replace(day=1),
            )
        )
        return [row[0] for row in rows]

    def _find_moved(self):
        """Customers of whose subscriptions moves stand under another company, and that
        company: what is left of it may be of another kind now."""
        broken = self.env["crm.mrr.move"]._audit_owners().res_ids
        moves = self.env["crm.mrr.move"].browse(broken)
        if not moves:
            return []
        before = self.search([("partner_id", "in", moves.partner_id.ids)])
        return (before | self._claim(moves.subscription_id)).ids
