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
    def _audit_starts(self):
        """Lines whose first days no row covers, although later ones are covered."""
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT line.id
                     FROM crm_subscription_line AS line
                     JOIN crm_subscription AS sub ON sub.id = line.subscription_id
                     JOIN crm_billing_period AS period ON period.line_id = line.id
                    WHERE period.kind = 'recurring'
                    GROUP BY line.id, sub.id
                   HAVING min(period.date_from)
                          > GREATEST(line.date_from, sub.date_start)"""
            )
        )
        ids = tuple(row[0] for row in found)
        return AuditFinding(
            broken=len(ids), res_model="crm.subscription.line", res_ids=ids
        )

    @api.model
    def _audit_prices(self):
        """Live rows that, with their adjustments, are not the price of the terms."""
        # sudo: the audit looks at every company
        candidates = self.sudo().browse(self._find_price_candidates())
        broken = self.sudo()
        for line, rows in candidates.grouped("line_id").items():
            keys = {found.key for found in line._correct(rows)}
            broken |= rows.filtered(lambda row, keys=keys: row.id in keys)
        return AuditFinding(
            broken=len(broken), res_model=self._name, res_ids=tuple(broken.ids)
        )

    def _find_price_candidates(self):
        """Ids of the live rows to price anew: adjusted ones, those whose line got terms
        after they were written, and those that are not their own price by the day.

        A row is priced when it is written; the others need no second look.
        """
        self.flush_model()
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT period.id
                         FROM crm_billing_period AS period
                         JOIN crm_subscription_line AS line ON line.id = period.line_id
                        WHERE period.kind = 'recurring' AND period.cancelled IS NOT TRUE
                          AND period.is_opening IS NOT TRUE
                          AND line.line_type = 'recurring'
                          AND (EXISTS (SELECT 1 FROM crm_billing_period AS adjustment
                                        WHERE adjustment.adjusts_id = period.id)
                               OR EXISTS (SELECT 1
                                            FROM crm_subscription_line_version AS terms
                                           WHERE terms.line_id = period.line_id
                                             AND terms.date_from <= period.date_to
                                             AND terms.id > period.version_id)
                               OR period.version_id IS NULL
                               OR abs(period.amount
                                      - period.quantity * period.price_unit
                                        * (1 - COALESCE(period.discount, 0) / 100)
                                        * period.days / NULLIF(period.whole_days, 0)
                                     ) > 0.02)"""
                )
            )
        ]

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
