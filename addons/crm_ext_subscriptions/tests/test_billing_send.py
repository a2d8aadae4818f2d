from datetime import date

from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestBillingSend(SubscriptionCase):
    """A billed invoice leaves by the host's own sending, in the customer's format."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "street": "1 rue de Rennes",
                "zip": "35000",
                "city": "Rennes",
                "vat": "FR23334175221",
                "phone": "+33 2 99 00 00 00",
                "email": "compta@ano.example",
            }
        )
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR1420041010050500013M02606",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.partner.write(
            {
                "street": "2 rue de Brest",
                "zip": "29200",
                "city": "Brest",
                "email": "client@client.example",
                "invoice_edi_format": "facturx",
            }
        )

    def test_su_03_the_queued_invoice_is_sent_with_its_factur_x(self):
        subscription = self.subscribe(send_mode="email")
        invoice = self.bill(subscription, date(2026, 2, 1))
        invoice.partner_bank_id = self.bank
        self.assertTrue(invoice.is_being_sent)
        # the body of the host's job, which alone may commit
        self.env["account.move.send"]._generate_and_send_invoices(
            invoice.sudo(), from_cron=True
        )
        self.assertFalse(invoice.is_being_sent)
        self.assertTrue(invoice.is_move_sent)
        self.assertTrue(invoice.invoice_pdf_report_id)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", invoice.id)]
        )
        xml = files.filtered(lambda file: file.name == "factur-x.xml")[:1].raw.decode()
        self.assertIn("CrossIndustryInvoice", xml)
        self.assertIn(invoice.name, xml)
        self.assertIn("FR23334175221", xml)
        mail = invoice.message_ids.filtered(
            lambda message: self.partner in message.notified_partner_ids
        )
        self.assertTrue(mail.attachment_ids)
