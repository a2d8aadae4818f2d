from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

LIVING = ("running", "paused")
MAX_CATCH_UP = 2  # periods billed at once without anybody's approval


class CrmSubscription(models.Model):
    """What is due by a date, and what keeps it from being billed, in words that name
    the fix."""

    _inherit = "crm.subscription"

    catch_up_approved_until = fields.Date(
        string="Catch-up approved until",
        copy=False,
        readonly=True,
        tracking=True,
        help="More than two periods due at once are billed only up to this date.",
    )
    due_amount = fields.Monetary(
        string="Due amount",
        compute="_compute_due",
        help="Untaxed amount of what is due and not invoiced yet.",
    )
    due_count = fields.Integer(string="Due lines", compute="_compute_due")
    needs_catch_up = fields.Boolean(compute="_compute_due")
    billing_problem = fields.Text(string="Why it is kept apart", compute="_compute_due")

    @api.depends_context("crm_bill_until", "crm_invoice_date", "lang")
    def _compute_due(self):
        for company, subscriptions in self.grouped("company_id").items():
            today = company._crm_today() if company else fields.Date.today()
            until, day = (
                fields.Date.to_date(self.env.context.get(key)) or today
                for key in ("crm_bill_until", "crm_invoice_date")
            )
            subscriptions._set_due(until, day)

    def _set_due(self, until, invoice_date):
        known = self._origin  # a window that is not saved yet holds copies
        rows = known._get_running()._prepare_due_rows(until)
        dates = self._get_due_dates(rows)
        problems = known._find_billing_problems(rows, invoice_date)
        totals = known._sum_due(rows, until)
        for subscription in self:
            origin = subscription._origin
            total, count = totals.get(origin.id, (0.0, 0))
            subscription.due_amount = total
            subscription.due_count = count
            subscription.billing_problem = problems.get(origin)
            subscription.needs_catch_up = origin._must_wait(dates.get(origin.id, ()))

    def _sum_due(self, rows, until):
        """{subscription id: (untaxed amount, number of lines)} of what is due."""
        amounts = [(row["subscription_id"], row["amount"]) for row in rows]
        for row in self._get_pending_rows(until):
            amounts.append((row.subscription_id.id, row.amount))
        totals = {}
        for subscription_id, amount in amounts:
            total, count = totals.get(subscription_id, (0.0, 0))
            totals[subscription_id] = total + amount, count + 1
        return totals

    # ------------------------------------------------------------------ what is due
    @api.model
    def _get_due_domain(self, until):
        """Running ones with a due date reached, and any with something pending."""
        pending = self.env["crm.billing.period"]._find_pending(until)
        return Domain("id", "in", pending.subscription_id.ids) | Domain(
            [("state", "in", LIVING), ("next_due_date", "<=", until)]
        )

    def _get_running(self):
        """Those that reach due dates; a paused one covers its days at zero."""
        return self.filtered(lambda subscription: subscription.state in LIVING)

    def _get_pending_rows(self, until):
        """Adjustments and one-offs of the ledger that no invoice bears yet."""
        return self.env["crm.billing.period"]._find_pending(
            until, [("subscription_id", "in", self.ids)]
        )

    # ------------------------------------------------------------------ catch-up
    def action_approve_catch_up(self):
        """Let all that is due by the date on the screen be billed at once."""
        self._check_may_bill()
        until = fields.Date.to_date(self.env.context.get("crm_bill_until"))
        for company, subscriptions in self.grouped("company_id").items():
            # sudo: an accountant approves, he does not edit the contract
            subscriptions.sudo().catch_up_approved_until = until or company._crm_today()
        return self._reopen_billing_window() if until else True

    def _reopen_billing_window(self):
        """A click in a window closes it: show it again with the same dates."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_bill_due_action"
        )
        known = {
            f"default_{name}": self.env.context[key]
            for name, key in (
                ("date", "crm_bill_until"),
                ("invoice_date", "crm_invoice_date"),
                ("mode", "crm_bill_mode"),
            )
            if self.env.context.get(key)
        }
        return action | {"context": {"dialog_size": "extra-large"} | known}

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("catch_up_approved_until") for vals in vals_list):
            self._check_may_bill()
        return super().create(vals_list)

    def write(self, vals):
        if "catch_up_approved_until" in vals:
            self._check_may_bill()
        return super().write(vals)

    # ------------------------------------------------------------------ problems
    def _find_billing_problems(self, rows, invoice_date):
        """{subscription: why it cannot be billed}, without those that can.

        :param list rows: what `_prepare_due_rows` gives for them
        """
        due_dates = self._get_due_dates(rows)
        unrated = self._find_unrated_currencies()
        problems = {}
        for subscription in self:
            reasons = (
                subscription._explain_products(),
                subscription._explain_journal(),
                subscription._explain_currency(unrated),
                subscription._explain_taxes(),
                subscription._explain_accounts(),
                subscription._explain_lock(invoice_date),
                subscription._explain_catch_up(due_dates.get(subscription.id, ())),
            )
            if any(reasons):
                problems[subscription] = "\n".join(filter(None, reasons))
        return problems

    def _get_due_dates(self, rows):
        """{subscription id: due dates with something to bill}."""
        due_dates = {}
        for row in rows:
            if row["quantity"]:
                dates = due_dates.setdefault(row["subscription_id"], set())
                dates.add(row["due_date"])
        return due_dates

    def _find_unrated_currencies(self):
        """(company, currency) pairs of these subscriptions that have no rate."""
        pairs = {(sub.company_id, sub.currency_id) for sub in self}
        foreign = {pair for pair in pairs if pair[1] != pair[0].currency_id}
        if not foreign:
            return set()
        # sudo: whether a rate exists is no secret
        rated = (
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [
                    (
                        "currency_id",
                        "in",
                        [currency.id for _company, currency in foreign],
                    )
                ],
                ["company_id", "currency_id"],
            )
        )
        rated = set(rated)
        nobody = self.env["res.company"]
        return {
            (company, currency)
            for company, currency in foreign
            if (company.root_id, currency) not in rated
            and (nobody, currency) not in rated
        }

    def _explain_products(self):
        archived = self.line_ids.product_id.filtered(lambda product: not product.active)
        if not archived:
            return None
        return self.env._(
            "Archived product: %(names)s. Unarchive it or swap the line.",
            names=", ".join(archived.mapped("display_name")),
        )

    def _explain_journal(self):
        if self.journal_id.active:
            return None
        return self.env._("No sales journal: choose one under Invoicing.")

    def _explain_currency(self, unrated):
        currency = self.currency_id
        if not currency.active:
            return self.env._(
                "Inactive currency: %(name)s. Activate it in the accounting settings.",
                name=currency.name,
            )
        if (self.company_id, currency) in unrated:
            return self.env._(
                "Currency without a rate: %(name)s. Enter its rate.", name=currency.name
            )
        return None

    def _explain_taxes(self):
        taxes = self.with_context(active_test=False).line_ids.tax_ids
        archived = taxes.filtered(lambda tax: not tax.active)
        if not archived:
            return None
        return self.env._(
            "Archived tax: %(names)s. Unarchive it or choose another on the line.",
            names=", ".join(archived.mapped("name")),
        )

    def _explain_accounts(self):
        products = self.line_ids.product_id.filtered(
            lambda product: not self._get_income_account(product).active
        )
        if products:
            return self.env._(
                "No usable income account for %(names)s. Set it on the product, its "
                "category or the journal.",
                names=", ".join(products.mapped("display_name")),
            )
        customer = self.partner_invoice_id.with_company(self.company_id)
        if not customer.property_account_receivable_id.active:
            return self.env._(
                "No usable receivable account for %(name)s. Set it on the customer.",
                name=customer.display_name,
            )
        return None

    def _get_income_account(self, product):
        """The account that the host will choose."""
        template = product.with_company(self.company_id).product_tmpl_id
        accounts = template.get_product_accounts(self.fiscal_position_id)
        return accounts["income"] or self.journal_id.default_account_id

    def _explain_lock(self, invoice_date):
        # sudo: that the accounts are closed is no secret
        company = self.sudo().company_id
        locks = company._get_violated_lock_dates(
            invoice_date, bool(self.line_ids.tax_ids), self.journal_id.sudo()
        )
        if not locks:
            return None
        return self.env._(
            "The accounts are closed: %(locks)s. Choose a later invoice date or reopen "
            "the period.",
            locks=company._format_lock_dates(locks),
        )

    def _explain_catch_up(self, due_dates):
        if not self._must_wait(due_dates):
            return None
        return self.env._(
            "%(count)s periods are due at once, from %(first)s to %(last)s: approve "
            "this catch-up.",
            count=len(due_dates),
            first=format_date(self.env, min(due_dates)),
            last=format_date(self.env, max(due_dates)),
        )

    def _must_wait(self, due_dates):
        approved = self.catch_up_approved_until
        if len(due_dates) <= MAX_CATCH_UP:
            return False
        return not approved or max(due_dates) > approved
