from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.cutoff import split
from ..tools.indexation import exact


class CrmBillingCutoff(models.TransientModel):
    """Deferred income and invoices to be issued at a closing date, from the ledger.

    Deferred (PCA): of what posted invoices billed by then, net of credit notes, the
    part for later days. To be issued (FAE): the part earned by then of what no posted
    invoice bore on that day, in the ledger or not yet, such as periods in arrears. What
    was freed and waits for a decision is listed apart.
    """

    _name = "crm.billing.cutoff"
    _description = "Deferred income and invoices to be issued"

    date = fields.Date(
        string="Closing date",
        required=True,
        default=lambda self: self._default_date(),
        help="The last day of the period that is closed.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many("crm.billing.cutoff.line", "cutoff_id", readonly=True)

    @api.model
    def _default_date(self):
        return self.env.company._crm_today().replace(day=1) - timedelta(days=1)

    def action_compute(self):
        """Work the two lists out and show them."""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("Company: choose one of those you work in now.")
            )
        self.line_ids.unlink()
        self.env["crm.billing.cutoff.line"].create(
            [*self._prepare_deferred(), *self._prepare_to_issue()]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_billing_cutoff_line_action"
        )
        return action | {"domain": [("cutoff_id", "=", self.id)]}

    # ------------------------------------------------------------------ deferred
    def _prepare_deferred(self):
        later = [("date_to", ">", self.date)]
        return [
            values
            for (row, account), billed in self._sum_posted(later).items()
            if (values := self._prepare_deferred_line(row, account, *billed))
        ]

    def _prepare_deferred_line(self, row, account, amount, balance, move):
        part = self._split(row, amount, row.currency_id)
        if not part.deferred:
            return None
        in_company = self._split(row, balance, self.company_id.currency_id)
        return self._prepare_line(
            "deferred", row, account, amount, part.deferred, part
        ) | {
            "company_amount": float(in_company.deferred),
            "move_id": move,
            "period_id": row.id,
        }

    def _sum_posted(self, domain):
        """{(row, account): amount, amount in company currency, newest document} of
        the invoices and credit notes posted by the closing date."""
        found = {}
        for name in ("crm_billing_period_id", "crm_related_period_id"):
            for row, account, amount, balance, move in self._read_posted(name, domain):
                known = found.get((row, account), (0.0, 0.0, 0))
                found[row, account] = (
                    known[0] - amount,
                    known[1] - balance,
                    max(known[2], move),
                )
        ids = [row.id for row, _account in found]
        return {
            (row.with_prefetch(ids), account): sums
            for (row, account), sums in found.items()
        }

    def _read_posted(self, name, domain):
        # sudo: the lists are the accountants' (access rights), of a company of theirs
        return (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                Domain(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("parent_state", "=", "posted"),
                        ("date", "<=", self.date),
                        (name, "any", domain),
                    ]
                ),
                [name, "account_id"],
                ["amount_currency:sum", "balance:sum", "move_id:max"],
            )
        )

    # ------------------------------------------------------------------ to issue
    def _prepare_to_issue(self):
        engine = self.env["crm.subscription"].sudo()  # as in _read_posted
        started = engine._find_started(self.company_id, self.date)
        upcoming = [
            self.env["crm.billing.period"].sudo().new(values)
            for values in started._prepare_started_rows(self.date)
        ]
        rows = [*self._find_unbilled(), *upcoming]
        lines = [self._prepare_to_issue_line(row) for row in rows]
        # whether freed periods are ever billed is open: they stand apart
        lines += [
            self._prepare_to_issue_line(row, "undecided")
            for row in self._find_unbilled(freed=True)
        ]
        return [values for values in lines if values]

    def _prepare_to_issue_line(self, row, kind="to_issue"):
        company = self.company_id
        part = self._split(row, row.amount, row.currency_id)
        if not part.earned:
            return None
        account = row.subscription_id._get_income_account(row.line_id.product_id)
        earned = float(part.earned)
        return self._prepare_line(kind, row, account, row.amount, part.earned, part) | {
            "company_amount": row.currency_id._convert(
                earned, company.currency_id, company, self.date
            ),
            "period_id": row._origin.id,
        }

    def _find_unbilled(self, freed=False):
        """Rows begun by the closing date that no invoice posted by then bore: the live
        ones, or those freed that wait for a decision."""
        state = [("settlement", "=", "open")] if freed else [("cancelled", "=", False)]
        posted = [("parent_state", "=", "posted"), ("date", "<=", self.date)]
        # sudo: as in _read_posted
        rows = (
            self.env["crm.billing.period"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    *state,
                    ("date_from", "<=", self.date),
                    ("amount", "!=", 0),
                    ("invoice_line_ids", "not any", posted),
                ]
            )
        )
        # an invoice corrected since then bore the row on that day
        billed = self._sum_posted([("id", "in", rows.ids)])
        borne = {row for (row, _account), sums in billed.items() if sums[0]}
        return [row for row in rows if row not in borne]

    # ------------------------------------------------------------------ bridge
    def _split(self, row, amount, currency):
        step = exact(currency.rounding)
        basis = row.subscription_id._get_day_count()
        return split(exact(amount), row.date_from, row.date_to, self.date, step, basis)

    def _prepare_line(self, kind, row, account, amount, part, span):
        return {
            "cutoff_id": self.id,
            "kind": kind,
            "subscription_id": row.subscription_id.id,
            "product_id": row.line_id.product_id.id,
            "account_id": account.id,
            "date_from": row.date_from,
            "date_to": row.date_to,
            "days": span.days,
            "days_counted": span.days_after
            if kind == "deferred"
            else span.days - span.days_after,
            "billed_amount": amount,
            "amount": float(part),
        }
