from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .fast_common import DAY, FastInvoicingCase


@tagged("post_install", "-at_install")
class TestFastInvoicing(FastInvoicingCase):
    """An invoice of the fast way is, column by column, the host's own."""

    def tax(self, name, amount, **values):
        tax = self.company.account_sale_tax_id
        return tax.copy({"name": name, "amount": amount} | values)

    def taxed(self, *taxes, **values):
        return self.line(tax_ids=[Command.set([t.id for t in taxes])], **values)

    def test_one_tax_on_three_lines(self):
        self.assert_same([self.invoice([self.line() for _ in range(3)])])

    def test_many_invoices_are_numbered_alike(self):
        self.assert_same([self.invoice([self.line()]) for _ in range(5)])

    def test_taxes_excluded_included_fixed_and_none(self):
        included = self.tax("incl", 20.0, price_include_override="tax_included")
        fixed = self.tax("fixed", 1.25, amount_type="fixed")
        reduced = self.tax("5.5", 5.5)
        kinds = [(included,), (fixed,), (reduced,), (), (reduced, fixed)]
        for method in ("round_per_line", "round_globally"):
            self.company.sudo().tax_calculation_rounding_method = method
            self.assert_same(
                [
                    self.invoice([self.taxed(*taxes) for _ in range(4)])
                    for taxes in kinds
                ]
                + [self.invoice([self.taxed(*taxes) for taxes in kinds])]
            )

    def test_taxes_upon_taxes_and_groups_of_taxes(self):
        group = self.env["account.tax.group"].sudo().create({"name": "Eco"})
        eco = self.tax(
            "eco",
            3.0,
            include_base_amount=True,
            sequence=1,
            tax_group_id=group.id,
        )
        vat = self.tax("vat", 20.0, sequence=2)
        both = self.tax("both", 0.0, amount_type="group")
        both.children_tax_ids = eco + vat
        self.assert_same(
            [
                self.invoice([self.taxed(eco, vat), self.taxed(vat), self.taxed(eco)]),
                self.invoice([self.taxed(both), self.taxed(both, discount=10.0)]),
            ]
        )

    def test_a_reverse_charge_and_taxes_due_on_payment(self):
        reverse = self.tax("reverse", 20.0)
        for lines in (
            reverse.invoice_repartition_line_ids,
            reverse.refund_repartition_line_ids,
        ):
            share = lines.filtered(lambda line: line.repartition_type == "tax")
            share.copy({"factor_percent": -100.0})
        self.company.sudo().tax_exigibility = True
        transition = self.env["account.account"].sudo()
        transition = transition.create(
            {
                "name": "Tax to come",
                "code": "445999",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        on_payment = self.tax(
            "on payment",
            20.0,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=transition.id,
        )
        self.assert_same(
            [
                self.invoice([self.taxed(reverse), self.line()]),
                self.invoice([self.taxed(on_payment), self.taxed(on_payment)]),
            ]
        )

    def test_credit_notes_negative_quantities_and_zero_prices(self):
        lines = [
            self.line(quantity=-1.0),
            self.line(price_unit=0.0),
            self.line(price_unit=5000.0, quantity=3.0),
        ]
        self.assert_same(
            [
                self.invoice(lines),
                self.invoice([dict(line) for line in lines], move_type="out_refund"),
                self.invoice([self.line(price_unit=0.0)]),
                self.invoice([self.line(discount=100.0)], move_type="out_refund"),
            ]
        )

    def test_payment_terms_in_several_instalments(self):
        terms = (
            self.env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "Thirds",
                    "line_ids": [
                        Command.create({"value": "percent", "value_amount": 33.33}),
                        Command.create(
                            {"value": "fixed", "value_amount": 10.0, "nb_days": 30}
                        ),
                        Command.create(
                            {
                                "value": "percent",
                                "value_amount": 66.67,
                                "nb_days": 15,
                                "delay_type": "days_after_end_of_month",
                            }
                        ),
                    ],
                }
            )
        )
        month = self.env.ref("account.account_payment_term_30days")
        self.assert_same(
            [
                self.invoice([self.line()], invoice_payment_term_id=term.id, **values)
                for term in (terms, month)
                for values in ({}, {"move_type": "out_refund"}, {"ref": False})
            ]
        )

    def test_a_foreign_currency(self):
        dollar, yen = self.env.ref("base.USD"), self.env.ref("base.JPY")
        (dollar + yen).sudo().active = True
        self.env["res.currency.rate"].sudo().create(
            [
                {"currency_id": currency.id, "name": "2026-01-31", "rate": rate}
                for currency, rate in ((dollar, 1.0837), (yen, 161.7))
            ]
        )
        term = self.env.ref("account.account_payment_term_30days")
        self.assert_same(
            [
                self.invoice(
                    [self.line() for _ in range(3)],
                    currency_id=currency.id,
                    invoice_payment_term_id=term_id,
                )
                for currency in (dollar, yen)
                for term_id in (False, term.id)
                for _ in range(3)
            ]
        )

    def test_a_fiscal_position_and_accounts_of_products(self):
        account = self.journal.default_account_id
        other = account.sudo().copy({"code": "706999", "name": "Abroad"})
        position = (
            self.env["account.fiscal.position"]
            .sudo()
            .create(
                {
                    "name": "Abroad",
                    "account_ids": [
                        Command.create(
                            {"account_src_id": account.id, "account_dest_id": other.id}
                        )
                    ],
                }
            )
        )
        self.sold.sudo().property_account_income_id = account
        self.assert_same(
            [
                self.invoice([self.line()], fiscal_position_id=position.id),
                self.invoice([self.line()]),
            ]
        )

    def test_analytic_distribution(self):
        plan = self.env["account.analytic.plan"].sudo().create({"name": "Projects"})
        accounts = (
            self.env["account.analytic.account"]
            .sudo()
            .create([{"name": name, "plan_id": plan.id} for name in "AB"])
        )
        halves = {str(account.id): 50.0 for account in accounts}
        whole = {str(accounts[0].id): 100.0}
        analytic = self.tax("analytic", 10.0, analytic=True)
        self.assert_same(
            [
                self.invoice(
                    [
                        self.line(analytic_distribution=halves),
                        self.taxed(analytic, analytic_distribution=whole),
                        self.line(),
                    ]
                )
            ]
        )

    def test_sections_and_notes(self):
        texts = [
            {"display_type": "line_section", "name": "Part one"},
            {"display_type": "line_note", "name": "Said"},
        ]
        self.assert_same([self.invoice([texts[0], self.line(), texts[1]])])

    def test_addresses_terms_of_sale_and_languages(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        contact = self.partner.sudo().copy(
            {"name": "Accounts", "parent_id": self.partner.id, "lang": "fr_FR"}
        )
        contact.copy({"type": "delivery", "parent_id": contact.id})
        self.assert_same(
            [
                self.invoice([self.line()], partner_id=contact.id),
                self.invoice([self.line()], narration="<p>Terms</p>", ref="A & B"),
                self.invoice([self.line()], invoice_user_id=False),
            ]
        )

    def test_random_invoices(self):
        included = self.tax("incl", 5.5, price_include_override="tax_included")
        taxes = [self.company.account_sale_tax_id, included, self.tax("2.1", 2.1)]
        vals_list = []
        for _ in range(40):
            count = self.random.randint(1, 6)
            lines = [self.taxed(self.random.choice(taxes)) for _ in range(count)]
            vals_list.append(self.invoice(lines))
        for method in ("round_per_line", "round_globally"):
            self.company.sudo().tax_calculation_rounding_method = method
            self.assert_same(vals_list)

    def test_a_locked_day_moves_the_entry(self):
        self.company.sudo().sale_lock_date = date(2026, 2, 28)
        self.assert_same([self.invoice([self.line()], invoice_date=DAY)])

    def test_what_is_not_covered_goes_the_hosts_way(self):
        early = self.env["account.payment.term"].sudo()
        early = early.create(
            {
                "name": "2 % within a week",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 7,
                "early_pay_discount_computation": "mixed",
            }
        )
        rounding = self.env["account.cash.rounding"].sudo()
        rounding = rounding.create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "strategy": "biggest_tax",
                "rounding_method": "HALF-UP",
            }
        )
        self.assert_same(
            [
                self.invoice([self.line()], invoice_payment_term_id=early.id),
                self.invoice([self.line()], invoice_cash_rounding_id=rounding.id),
            ],
            covered=False,
        )

    def test_the_run_says_how_many_went_the_hosts_way(self):
        term = self.env["account.payment.term"].sudo()
        early = term.create({"name": "Early", "early_discount": True})
        covered = self.subscribe() + self.subscribe()
        other = self.subscribe(payment_term_id=early.id)
        engine = self.env["crm.subscription"].with_user(self.accountant)
        run = engine._enqueue_billing(covered + other, DAY, DAY, True)
        self.run_batches()
        self.assertEqual((run.state, run.crm_by_host_count), ("done", 1))
        moves = (covered + other).sudo().period_ids.move_id
        self.assertEqual(set(moves.mapped("amount_total")), {120.0})

    def test_many_in_one_call_are_made_in_chunks(self):
        subscriptions = self.subscribe()
        for _ in range(4):
            subscriptions += self.subscribe()
        chunks = subscriptions._split_for_billing(2)
        self.assertEqual([len(chunk) for chunk in chunks], [2, 2, 1])
        self.assertEqual(len(self.bill(subscriptions, DAY)), 5)

    def test_no_caller_can_ask_for_the_short_way(self):
        """A context of RPC holds plain values: the host computes as ever."""
        vals = self.invoice([self.line(price_unit=100.0, quantity=1.0, discount=0.0)])
        forged = {"crm_complete": True, "crm_posting": True, "crm_tally": True}
        move = self.env["account.move"].with_context(**forged).create(vals)
        move._post(soft=False)
        self.assertEqual((move.amount_total, move.amount_residual), (120.0, 120.0))
