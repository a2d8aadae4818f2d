from .common import CrmExtCase


class AssignmentCase(CrmExtCase):
    """A team of two that gets leads by a rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.assignment.rule"].search([]).active = False
        cls.team = cls.env["crm.team"].create(
            {"name": "Sales", "company_id": cls.env.company.id}
        )
        cls.yann = cls._new_user("test_yann", "sales_team.group_sale_salesman")
        cls.lea = cls._new_user("test_lea", "sales_team.group_sale_salesman")
        cls.member_yann, cls.member_lea = cls.env["crm.team.member"].create(
            [
                {
                    "crm_team_id": cls.team.id,
                    "user_id": user.id,
                    "assignment_max": 100,
                }
                for user in (cls.yann, cls.lea)
            ]
        )
        cls.rule = cls.env["crm.assignment.rule"].create(
            {"name": "Brittany", "team_id": cls.team.id, "use_absence": False}
        )
        cls.rule.domain = f"[('team_id', '=', {cls.team.id})]"

    def new_leads(self, count=1, **values):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "team_id": self.team.id,
                    "user_id": False,
                    "company_id": self.env.company.id,
                }
                | values
                for number in range(count)
            ]
        )

    def preview(self, leads):
        """The sales manager looks at who would get these leads."""
        previews = self.env["crm.assignment.preview"].with_user(self.sales_manager)
        return previews.browse(previews.action_open(leads.ids)["res_id"])

    def give(self, leads):
        self.preview(leads).action_apply()
        self.env.invalidate_all()
        return [lead.user_id for lead in leads]

    def why(self, lead, user):
        return lead.with_user(user).crm_assignment_ids.reason
