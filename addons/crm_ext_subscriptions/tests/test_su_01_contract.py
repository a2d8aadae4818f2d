from datetime import date

from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestSu01Contract(SubscriptionCase):
    """The contract that both sides sign, in the customer's language."""

    def print_contract(self, subscription):
        report = subscription.action_print_contract()["report_name"]
        reports = self.env["ir.actions.report"].with_user(self.seller)
        return reports._render_qweb_html(report, subscription.ids)[0].decode()

    def test_su_01_the_contract_says_lines_schedule_and_terms(self):
        subscription = self.subscribe(
            price=1000.0,
            instalments=3,
            price_basis="total",
            minimum_months=3,
            early_fee_mode="fixed",
            early_fee_amount=150.0,
        )
        page = self.print_contract(subscription)
        for text in (
            subscription.name,
            "333.34",
            "On the last instalment",
            "Every month, in advance",
            "04/30/2026, after 3 instalments",
            "Until 04/30/2026; ending before costs",
            "signature",
        ):
            self.assertIn(text, page)

    def test_su_01_the_contract_of_an_endless_one_with_renewal(self):
        endless = self.subscribe()
        self.assertIn("Until one side ends it", self.print_contract(endless))
        renewed = self.subscribe(
            date_end=date(2027, 1, 31), renewal_mode="silent", notice_days=30
        )
        self.assertIn(
            "Silently for 12 months, unless notice is given by 01/01/2027",
            self.print_contract(renewed),
        )

    def test_su_01_the_contract_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "fr_FR"
        page = self.print_contract(self.subscribe(instalments=2))
        self.assertIn("01/02/2026", page, "dates as in French")
