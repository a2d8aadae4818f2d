from odoo import api, fields, models
from odoo.exceptions import AccessError

# Only code in this process can hold these objects: an RPC context cannot forge them,
# so a line is tied to the ledger by the billing engine and the reversal alone.
BILLING, CARRY, CREDIT = object(), object(), object()
LEDGER_FIELDS = {"crm_billing_period_id", "crm_related_period_id"}


class AccountMoveLine(models.Model):
    """An invoice line knows the billed period that it stands for."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "crm.complete.mixin"]

    # Plain and nullable: adding them locks account_move_line for the moment of a
    # catalogue change; their partial indexes (no row yet) and foreign keys scan the
    # table once, during which writes wait. A ledger row that goes (uninstall) leaves
    # the line alone.
    crm_billing_period_id = fields.Many2one(
        "crm.billing.period",
        string="Billed period",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )
    crm_related_period_id = fields.Many2one(
        "crm.billing.period",
        string="Period concerned",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The period that this line billed before another invoice took it over, or "
        "that this line of a credit note credits.",
    )

    _crm_period_once = models.UniqueIndex(
        "(crm_billing_period_id) WHERE crm_billing_period_id IS NOT NULL",
        "This period is on an invoice already.",
    )

    @api.model
    def default_get(self, fields):
        """Neither a context nor a user's default ties a line to the ledger."""
        defaults = super().default_get(fields)
        return {name: defaults[name] for name in defaults.keys() - LEDGER_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        tied = [vals for vals in vals_list if not LEDGER_FIELDS.isdisjoint(vals)]
        if tied:
            self._crm_check_engine()
            self._crm_hand_over(tied)
        return super().create(vals_list)

    def write(self, vals):
        if not LEDGER_FIELDS.isdisjoint(vals):
            self._crm_check_engine()
        return super().write(vals)

    def unlink(self):
        # the accountant who deletes a line does not need write access to the ledger
        borne = self.sudo().crm_billing_period_id
        concerned = borne | self.sudo().crm_related_period_id
        res = super().unlink()
        concerned._review(lost=borne)
        return res

    def _crm_check_engine(self):
        if self.env.context.get("crm_ledger") not in (BILLING, CARRY, CREDIT):
            raise AccessError(
                self.env._(
                    "Billed period: only billing and reversals tie an invoice line to "
                    "it."
                )
            )

    def _crm_hand_over(self, vals_list):
        """The lines that bore the rows keep the memory of it, no more."""
        if self.env.context["crm_ledger"] is not CARRY:
            return
        rows = [vals.get("crm_billing_period_id") for vals in vals_list]
        # the old lines are the invoice's that is being reversed; no right is widened
        old = self.sudo().search([("crm_billing_period_id", "in", rows)])
        for line in old:
            line.crm_related_period_id = line.crm_billing_period_id
        old.write({"crm_billing_period_id": False})
        old.flush_recordset(LEDGER_FIELDS)

    def _copy_data_extend_business_fields(self, values):
        """Reverse-and-create hands the period on, a credit note line names the period
        that it credits, any other copy knows nothing of it."""
        res = super()._copy_data_extend_business_fields(values)
        ledger = self.env.context.get("crm_ledger")
        if ledger is CARRY and self.crm_billing_period_id:
            values["crm_billing_period_id"] = self.crm_billing_period_id.id
        elif ledger is CREDIT:
            row = self.crm_billing_period_id or self.crm_related_period_id
            values["crm_related_period_id"] = row.id
        return res
