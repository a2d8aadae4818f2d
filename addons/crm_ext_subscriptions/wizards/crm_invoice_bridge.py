from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.indexation import exact
from ..tools.invoice_bridge import INVOICED, MRR, REMAINDER, STEPS, build


class CrmInvoiceBridge(models.TransientModel):
    """From the MRR of whole months to the untaxed total invoiced in them.

    Invoiced: the posted invoices and credit notes, by accounting date, that bear a
    period of the ledger or credit one. Each step is summed from rows of its own
    (crm_invoice_bridge_facts.py); nothing is worked out as what is left.
    """

    _name = "crm.invoice.bridge"
    _description = "From MRR to invoices"

    date_from = fields.Date(
        string="First month",
        required=True,
        default=lambda self: self._default_month(),
        help="Counted from its first day.",
    )
    date_to = fields.Date(
        string="Last month",
        required=True,
        default=lambda self: self._default_month(),
        help="Counted to its last day.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("crm.invoice.bridge.line", "bridge_id", readonly=True)
    mrr = fields.Monetary(string="MRR of the period", readonly=True)
    invoiced = fields.Monetary(readonly=True)
    remainder = fields.Monetary(
        readonly=True,
        help="What no step explains. It is computed as the difference and must be "
        "nothing; else the list behind it tells the subscriptions.",
    )
    is_computed = fields.Boolean(readonly=True)

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for bridge in self:
            bridge.display_name = self.env._("From MRR to invoices")

    @api.model
    def _default_month(self):
        return self.env.company._crm_today().replace(day=1) - relativedelta(months=1)

    def action_compute(self):
        """Work the steps out and show them."""
        self.ensure_one()
        self._check_scope()
        totals, counts = self._sum_facts()
        bridge = build(totals, exact(self.currency_id.rounding))
        self.line_ids.unlink()
        self.env["crm.invoice.bridge.line"].create(self._prepare_lines(bridge, counts))
        self.write(
            {
                "date_from": self._get_first_day(),
                "date_to": self._get_last_day(),
                "mrr": float(bridge.mrr),
                "invoiced": float(bridge.invoiced),
                "remainder": float(bridge.remainder),
                "is_computed": True,
            }
        )
        return True

    def action_open_chart(self):
        """The steps as bars, and as a list to export."""
        self.ensure_one()
        if not self.is_computed:
            self.action_compute()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_invoice_bridge_line_action"
        )
        return action | {"domain": [("bridge_id", "=", self.id)]}

    def write(self, vals):
        """Other months asked for: the steps are to be worked out anew."""
        asked = {"date_from", "date_to", "company_id"} & vals.keys()
        return super().write({"is_computed": False} | vals if asked else vals)

    def _check_scope(self):
        # the sums are read past record rules: the rights are checked here
        self.check_access("write")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("Company: choose one of those you work in now.")
            )
        if self.date_to < self.date_from:
            raise UserError(
                self.env._("Last month: choose the first month or a later one.")
            )

    def _get_first_day(self):
        return self.date_from.replace(day=1)

    def _get_last_day(self):
        month = self.date_to.replace(day=1) + relativedelta(months=1)
        return month - timedelta(days=1)

    def _prepare_lines(self, bridge, counts):
        amounts = [
            (MRR, bridge.mrr, bridge.mrr),
            *((row.code, row.amount, row.level) for row in bridge.rows),
            (INVOICED, bridge.invoiced, bridge.invoiced),
            (REMAINDER, bridge.remainder, bridge.remainder),
        ]
        return [
            {
                "bridge_id": self.id,
                "sequence": rank,
                "step": code,
                "amount": float(amount),
                "level": float(level),
                "count": counts.get(code, 0),
                "is_step": code in STEPS,
            }
            for rank, (code, amount, level) in enumerate(amounts)
        ]
