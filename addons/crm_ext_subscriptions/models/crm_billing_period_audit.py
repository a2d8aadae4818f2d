from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_ext_core.tools.hooks import AuditFinding

GUARD = "crm_billing_period_no_overlap"
LINE_GUARD = "account_move_line_crm_period_once"


class CrmBillingPeriod(models.Model):
    """The ledger's guards: is the constraint there, and does the ledger hold."""

    _inherit = "crm.billing.period"

    @api.model
    def _is_guarded(self):
        """Whether PostgreSQL really holds both guards, no day in two rows and no row on
        two invoice lines: the host only logs one that it could not add (extension
        btree_gist missing, rows in the way)."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM pg_constraint
                        WHERE contype = 'x' AND convalidated AND conname = %s
                          AND conrelid = 'crm_billing_period'::regclass
                          AND EXISTS (
                              SELECT 1 FROM pg_class
                                JOIN pg_index ON indexrelid = pg_class.oid
                               WHERE relname = %s AND indisunique AND indisvalid)""",
                    GUARD,
                    LINE_GUARD,
                )
            )
        )

    @api.model
    def _check_guarded(self):
        if not self._is_guarded():
            raise UserError(
                self.env._(
                    "Billing is stopped: the database lacks the constraint that keeps "
                    "a day from being billed twice. Ask the administrator to create "
                    "the PostgreSQL extension btree_gist and to upgrade this module."
                )
            )

    @api.model
    def _audit_guard(self):
        if self._is_guarded():
            return AuditFinding()
        return AuditFinding(
            broken=1, detail=self.env._("Constraint %s is absent", GUARD)
        )

    @api.model
    def _audit_gaps(self):
        """Days between two rows of a line that no row covers, not even a freed one."""
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT id FROM (
                       SELECT id, date_from,
                              max(date_to) OVER (PARTITION BY line_id
                                  ORDER BY date_from, id
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                              ) AS prior
                         FROM crm_billing_period WHERE kind = 'recurring') AS chain
                    WHERE prior < date_from - 1"""
            )
        )
        ids = tuple(row[0] for row in found)
        return AuditFinding(broken=len(ids), res_model=self._name, res_ids=ids)

    @api.model
    def _audit_bearers(self):
        """Live rows with something to bill, and no invoice line that bears them."""
        # sudo: the audit looks at every company
        rows = self.sudo().search(
            [
                ("cancelled", "=", False),
                ("kind", "=", "recurring"),
                ("quantity", "!=", 0),
                ("invoice_line_ids", "not any", [("parent_state", "!=", "cancel")]),
            ]
        )
        return AuditFinding(
            broken=len(rows), res_model=self._name, res_ids=tuple(rows.ids)
        )
