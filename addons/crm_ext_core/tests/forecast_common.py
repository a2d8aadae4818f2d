from datetime import date, datetime

from odoo.fields import Command

from .common import CrmExtCase

DAY = date(2026, 3, 2)


class ForecastCase(CrmExtCase):
    """A team with two salespeople in a company of its own, so that only what a test
    makes counts: ten of twenty won from the first stage, ten of twelve from the third.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        models = cls.env["crm.score.model"].search([("state", "=", "published")])
        models.action_retire()
        cls.company = cls.env["res.company"].create({"name": "Forecast Ltd"})
        cls.own = cls._new_seller("test_own")
        cls.other = cls._new_seller("test_other")
        cls.manager = cls._new_user(
            "test_head",
            "sales_team.group_sale_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.env = cls.env(context={**cls.env.context, "tz": "UTC"})
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Forecast team",
                "company_id": cls.company.id,
                "member_ids": [Command.set([cls.own.id, cls.other.id])],
            }
        )
        stages = cls.env["crm.stage"]
        stages.search([]).sequence = 900
        cls.new, cls.qualified, cls.proposal = stages.create(
            [
                {
                    "name": name,
                    "sequence": rank,
                    "team_ids": [Command.set(cls.team.ids)],
                }
                for rank, name in enumerate(("New", "Qualified", "Proposal"), start=1)
            ]
        )
        cls.won_stage = stages.create(
            {
                "name": "Won",
                "sequence": 10,
                "is_won": True,
                "team_ids": [Command.set(cls.team.ids)],
            }
        )

    @classmethod
    def _new_seller(cls, login):
        return cls._new_user(
            login,
            "sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def new_lead(cls, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Maintenance",
                "type": "opportunity",
                "team_id": cls.team.id,
                "user_id": cls.own.id,
                "company_id": cls.company.id,
                "stage_id": cls.new.id,
                "expected_revenue": 1000,
                "date_deadline": date(2026, 4, 15),
            }
            | values
        )

    @classmethod
    def close(cls, lead, day, won):
        """Won or lost on a day, at noon."""
        if won:
            lead.stage_id = cls.won_stage
        else:
            lead.action_set_lost()
        lead.flush_recordset()
        lead.date_closed = datetime(day.year, day.month, day.day, 12)
        lead.flush_recordset()
        return lead

    @classmethod
    def since(cls, leads, day):
        """The leads came in on a day."""
        leads.flush_recordset()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s)",
            [day, leads.ids],
        )
        cls.env.cr.execute(
            "UPDATE crm_stage_passage SET entered_at = %s WHERE lead_id = ANY(%s)",
            [day, leads.ids],
        )
        leads.invalidate_recordset(["create_date"])

    @classmethod
    def history(cls, **values):
        """Twenty closed in 2025: ten won; eight lost as new, two as proposals."""
        for number in range(20):
            stage = cls.new if number >= 12 else cls.proposal
            lead = cls.new_lead(stage_id=stage.id, **values)
            cls.since(lead, date(2025, 6, 1))
            cls.close(lead, date(2025, 9, 1 + number), won=number < 10)

    def rows(self, user, domain=()):
        """{month: sums} of the forecast as a user reads it."""
        forecast = self.env["crm.forecast"].with_user(user)
        names = (
            "won", "committed", "host_forecast", "stage_forecast", "score_forecast",
            "both_forecast", "revenue", "recurring", "recurring_forecast",
        )  # fmt: skip
        found = forecast._read_group(
            list(domain), ["month:month"], [f"{name}:sum" for name in names]
        )
        return {
            month and month.isoformat()[:7]: dict(zip(names, rest, strict=True))
            for month, *rest in found
        }
