from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.crm_ext_core.tests.assignment_common import AssignmentCase


@tagged("post_install", "-at_install")
class TestCo19Products(AssignmentCase):
    """Leads go to who knows the products they are about, and the reason names them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hosting, cls.audit, cls.training = cls.env["product.product"].create(
            [
                {"name": name, "type": "service", "sale_ok": True}
                for name in ("Hosting", "Audit", "Training")
            ]
        )

    def know(self, member, *products):
        """The sales manager says on the member's form what he knows."""
        with Form(member.with_user(self.sales_manager)) as form:
            for product in products:
                form.crm_product_ids.add(product.with_user(self.sales_manager))

    def new_interest(self, count, *products):
        return self.new_leads(
            count, crm_product_ids=[Command.link(product.id) for product in products]
        )

    def test_co_19_expertise_in_products(self):
        self.know(self.member_yann, self.hosting)
        self.know(self.member_lea, self.audit, self.training)
        hosting = self.new_interest(3, self.hosting)
        trained = self.new_interest(2, self.training, self.hosting)
        trained[0].crm_product_ids = self.training
        self.assertEqual(
            self.give(hosting + trained),
            [self.yann] * 3 + [self.lea, self.lea],
            "who knows one of the products can take it; Léa has fewer open leads",
        )
        self.assertIn(
            "(Products and services: Hosting); the fewest open leads: 0",
            self.why(hosting[0], self.yann),
        )
        self.assertIn("services: Training)", self.why(trained[1], self.lea))

    def test_nobody_knows_the_product(self):
        self.know(self.member_yann, self.hosting)
        self.know(self.member_lea, self.hosting)
        lead = self.new_interest(1, self.audit)
        self.assertEqual(self.preview(lead).line_ids.obstacle, "expertise")
        self.assertEqual(self.give(self.new_interest(2)), [self.yann, self.lea])

    def test_who_names_no_product_takes_leads_on_any(self):
        self.know(self.member_yann, self.hosting)
        leads = self.new_interest(2, self.audit)
        self.assertEqual(self.give(leads), [self.lea] * 2)
        self.assertIn("takes a share", self.why(leads[0], self.lea))
