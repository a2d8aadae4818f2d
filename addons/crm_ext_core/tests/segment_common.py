from odoo.tests import Form

from .common import CrmExtCase


class SegmentCase(CrmExtCase):
    """Contacts, companies and leads whose postal town is "Segville"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls._new_user(
            "test_marketing", "sales_team.group_sale_salesman_all_leads"
        )
        cls.industry = cls.env["res.partner.industry"].create({"name": "Agri"})
        cls.paper = cls.env["crm.white.paper"].create({"name": "Guide"})
        cls.interest = cls.env["crm.interest"].create({"name": "Cloud hosting"})
        cls.fair = cls.env["utm.medium"].create({"name": "Fair of the test"})
        cls.source = cls.env["utm.source"].create({"name": "Stand 12"})
        cls.firm, cls.shop, cls.abroad = cls.env["res.partner"].create(
            [
                cls._company(
                    "Firm",
                    zip="35000",
                    crm_turnover_band="5",
                    crm_headcount_band="50",
                    crm_company_type="company",
                    crm_naf_code="62.02A",
                    industry_id=cls.industry.id,
                    crm_relation_type_ids=cls.env.ref(
                        "crm_ext_core.relation_type_customer"
                    ).ids,
                ),
                cls._company("Shop", zip="29200", crm_turnover_band="0"),
                cls._company("Abroad", country_id=cls.env.ref("base.be").id),
            ]
        )
        cls.anne, cls.yann = cls.env["res.partner"].create(
            [
                {
                    "name": "Anne",
                    "parent_id": cls.firm.id,
                    "function": "Directrice",
                    "crm_birth_date": "1980-05-01",
                    "crm_interest_ids": cls.interest.ids,
                    "crm_medium_id": cls.fair.id,
                },
                {
                    "name": "Yann",
                    "parent_id": cls.shop.id,
                    "crm_source_id": cls.source.id,
                },
            ]
        )
        cls.lead, cls.cold = cls.env["crm.lead"].create(
            [
                cls._lead("From Anne", partner_id=cls.anne.id, zip="35000"),
                cls._lead(
                    "Cold",
                    zip="75011",
                    medium_id=cls.fair.id,
                    partner_id=cls.yann.id,
                ),
            ]
        )
        cls.lead.crm_score = 80
        cls.env["crm.download"]._log(
            [(cls.paper.id, cls.anne.id, cls.lead.id, "2026-01-01")]
        )
        cls.people = cls.firm | cls.shop | cls.abroad | cls.anne | cls.yann

    @classmethod
    def _company(cls, name, **values):
        france = cls.env.ref("base.fr").id
        return {
            "name": name,
            "is_company": True,
            "city": "Segville",
            "country_id": france,
        } | values

    @classmethod
    def _lead(cls, name, **values):
        return {"name": name, "city": "Segville", "user_id": False} | values

    def _segment(self, *criteria, user=None, **values):
        """A segment of the marketing user within the town; criteria are (code, value)
        or (code, value, negate)."""
        return (
            self.env["crm.segment"]
            .with_user(user or self.marketing)
            .create(
                {
                    "name": "Test",
                    "res_model": "all",
                    "criterion_ids": self._lines(criteria),
                    "step_ids": [
                        (
                            0,
                            0,
                            {
                                "sequence": 99,
                                "operation": "intersection",
                                "other_id": self._town().id,
                            },
                        )
                    ],
                    **values,
                }
            )
        )

    def _town(self):
        town = self.env["crm.segment"].search([("name", "=", "Town of the test")])
        return town or self.env["crm.segment"].create(
            {
                "name": "Town of the test",
                "res_model": "all",
                "step_ids": [
                    (0, 0, self._step("union", ("town", {"text": "Segville"})))
                ],
            }
        )

    def _step(self, operation, *criteria, **values):
        return {
            "operation": operation,
            "criterion_ids": self._lines(criteria),
            **values,
        }

    def _lines(self, criteria):
        lines = []
        for code, value, *negate in criteria:
            line = {"code": code, "value": value, "negate": bool(negate and negate[0])}
            lines.append((0, 0, line))
        return lines

    def _held(self, segment):
        """The contacts and the leads that the segment holds for the marketing user."""
        segment = segment.with_user(self.marketing)
        return (
            segment._get_records("res.partner").sudo(False),
            segment._get_records("crm.lead").sudo(False),
        )

    def _form(self, record=None):
        segments = self.env["crm.segment"].with_user(self.marketing)
        return Form(record or segments)
