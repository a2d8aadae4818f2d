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
        month = fields.Date.today().replace(day=1)
        return self._find(
            SQL(
                """JOIN res_company company ON company.id = sub.company_id
                  WHERE sub.currency_id <> company.currency_id
                    AND sub.state <> 'draft' AND customer.known_at < %s""",
                month,
            )
        )

    def _find_moved(self):
        return self._find(
            SQL(
                """WHERE EXISTS (SELECT 1 FROM crm_mrr_move move
                                  WHERE move.subscription_id = sub.id
                                    AND move.partner_id <> sub.commercial_partner_id)"""
            )
        )

    def _find(self, condition):
        self.env["crm.subscription"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT customer.id FROM crm_mrr_account customer
                     JOIN crm_subscription sub ON sub.company_id = customer.company_id
                      AND sub.commercial_partner_id = customer.partner_id %s""",
                condition,
            )
        )
        return [row[0] for row in rows]
