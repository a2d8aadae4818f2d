from datetime import date

from .common import PDF, CrmPortalCase


class CrmAccessCase(CrmPortalCase):
    """A customer with one record of each kind, which strangers then look for."""

    def setUp(self):
        super().setUp()
        self.book = self._new_book(10)
        self.case = self._new_case(description="<p>Secret furnace</p>")
        self._log(self.case, 1.5)
        self.case.action_close()
        self.answer(self.case, "Secret answer")
        self.message = self.case.message_ids[0]
        self.attachment = self.env["ir.attachment"].create(
            {
                "name": "secret.pdf",
                "raw": PDF,
                "res_model": "crm.case",
                "res_id": self.case.id,
            }
        )
        self.subscription = self.subscribe(start=date(2021, 11, 1))
        self.invoice = self.bill(self.subscription, date(2021, 11, 1))
        self.revision = self.revise(self.subscription)
        self.revision.with_user(self.accountant).action_approve()
        # one foreign record of each model that customers may read
        self.fixtures = {
            "crm.case": self.case,
            "crm.hour.book": self.book,
            "crm.hour.move": self.book.move_ids[0],
            "crm.subscription": self.subscription,
            "crm.subscription.line": self.subscription.line_ids,
            "crm.billing.period": self.subscription.period_ids,
            "crm.price.revision": self.revision,
        }
        self.secrets = (
            self.case.number,
            "Secret furnace",
            "Secret answer",
            self.book.name,
            self.subscription.name,
            self.invoice.name,
        )

    def as_strangers(self):
        """The rival customer, then nobody at all."""
        for user in (self.rita, None):
            self.authenticate(user and user.login, user and user.login)
            with self.subTest(user=user and user.login or "public"):
                yield user
