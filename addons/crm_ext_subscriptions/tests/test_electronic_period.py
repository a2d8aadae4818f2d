from datetime import date

from lxml import etree

from odoo.tests import tagged

from .common import SubscriptionCase

CII = (
    "{urn:un:unece:uncefact:data:standard:"
    "ReusableAggregateBusinessInformationEntity:100}"
)
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


@tagged("post_install", "-at_install")
class TestElectronicPeriod(SubscriptionCase):
    """The billing period in the electronic formats is the days billed."""

    def export(self, invoice, builder):
        xml, _errors = self.env[builder]._export_invoice(invoice.sudo())
        return etree.fromstring(xml)

    def billed(self):
        lines = [{"price_unit": 100.0}, {"price_unit": 20.0}]
        subscription = self.subscribe(date(2026, 2, 17), anchor_day=1, lines=lines)
        return self.bill(subscription, date(2026, 3, 1))

    def days_cii(self, tree, settlement):
        return [
            [node[0].text for node in period]
            for period in tree.iterfind(
                f".//{CII}{settlement}/{CII}BillingSpecifiedPeriod"
            )
        ]

    def test_su_04_factur_x_tells_the_days_billed(self):
        tree = self.export(self.billed(), "account.edi.xml.cii")
        header = self.days_cii(tree, "ApplicableHeaderTradeSettlement")
        self.assertEqual(header, [["20260217", "20260331"]])
        lines = self.days_cii(tree, "SpecifiedLineTradeSettlement")
        february, march = ["20260217", "20260228"], ["20260301", "20260331"]
        self.assertEqual(lines, [february, march, february, march])

    def test_su_04_peppol_tells_the_days_billed(self):
        tree = self.export(self.billed(), "account.edi.xml.ubl_bis3")
        header = tree.find(f"{CAC}InvoicePeriod")
        self.assertEqual(header.findtext(f"{CBC}StartDate"), "2026-02-17")
        self.assertEqual(header.findtext(f"{CBC}EndDate"), "2026-03-31")
        line = tree.find(f"{CAC}InvoiceLine/{CAC}InvoicePeriod")
        self.assertEqual(line.findtext(f"{CBC}EndDate"), "2026-02-28")

    def test_an_invoice_of_the_hosts_own_keeps_its_period(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": date(2026, 2, 1),
                "invoice_line_ids": [(0, 0, {"product_id": self.product.id})],
            }
        )
        invoice.action_post()
        tree = self.export(invoice, "account.edi.xml.cii")
        header = self.days_cii(tree, "ApplicableHeaderTradeSettlement")
        self.assertEqual(header[0][0], "20260201")
