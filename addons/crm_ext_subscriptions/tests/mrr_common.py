from datetime import date, datetime, time

from .common import SubscriptionCase


class MrrCase(SubscriptionCase):
    """A ledger of MRR written by hand, read by a manager through the page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a company of its own: what other tests confirm is in none of these figures
        cls.firm = cls.env["res.company"].create(
            {
                "name": "Ateliers",
                "currency_id": cls.env.ref("base.EUR").id,
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        for user in (cls.manager, cls.accountant, cls.seller):
            user.company_ids += cls.firm
            user.company_id = cls.firm
        cls.hosting = cls.env["product.product"].create({"name": "Hosting"})
        cls.customers = {
            name: cls.env["res.partner"].create({"name": name, "is_company": True})
            for name in ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
        }

    @classmethod
    def move(cls, name, day, kind, amount, known=None, cause="entry", **values):
        """One row of the ledger, as its engine writes it."""
        return cls.env["crm.mrr.move"].create(
            {
                "company_id": cls.firm.id,
                "currency_id": cls.firm.currency_id.id,
                "partner_id": cls.customers[name].id,
                "product_id": cls.product.id,
                "date": day,
                "kind": kind,
                "cause": cause,
                "amount": amount,
                "known_at": datetime.combine(known or day, time(9)),
                **values,
            }
        )

    def page(self, first, last, user=None, **values):
        """The page as a user opens it for a period."""
        reports = self.env["crm.mrr.report"].with_user(user or self.manager)
        reports = reports.with_context(lang="en_US")
        return reports.create({"date_from": first, "date_to": last, **values})

    def year(self, **values):
        return self.page(date(2025, 1, 1), date(2025, 12, 31), **values)

    def tile(self, report, code):
        """What a tile shows, with a plain space."""
        (tile,) = (tile for tile in report.page["tiles"] if tile["code"] == code)
        return tile["value"].replace("\u00a0", " ").removesuffix(" €")

    def bridge(self, report):
        return {
            bar["code"]: bar["value"].replace("\u00a0", " ")
            for bar in report.page["bridge"]
        }

    def behind(self, report, code, key=None):
        """The records of the list that a figure opens."""
        action = report.action_open(code, key)
        return (
            self.env[action["res_model"]]
            .with_user(report.env.user)
            .search(action["domain"])
        )
