from odoo.fields import Command

from odoo.addons.crm_ext_core.tests.common import CrmExtCase


class CrmServiceCase(CrmExtCase):
    """Two agents of one team, an agent of another, a customer with a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        agent = "crm_ext_service.group_service_user"
        cls.agent_a = cls._new_user("test_agent_a", agent, name="Alice Agent")
        cls.agent_b = cls._new_user("test_agent_b", agent, name="Bruno Agent")
        cls.outsider = cls._new_user("test_outsider", agent, name="Odile Outside")
        cls.manager = cls._new_user(
            "test_service_manager", "crm_ext_service.group_service_manager"
        )
        cls.team = cls._new_team("Helpline", cls.agent_a + cls.agent_b)
        cls.other_team = cls._new_team("Workshop", cls.outsider)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Moulin Test", "is_company": True}
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Claire Cliente",
                "parent_id": cls.customer.id,
                "email": "claire@moulin-test.example",
            }
        )

    @classmethod
    def _new_team(cls, name, members):
        queue = cls.env["crm.queue"].create({"name": f"{name} queue"})
        team = cls.env["crm.case.team"].create(
            {
                "name": name,
                "alias_name": f"{name.lower()}-test",
                "queue_id": queue.id,
                "member_ids": [Command.set(members.ids)],
            }
        )
        queue.team_id = team
        return team

    @classmethod
    def _new_case(cls, user=None, **values):
        """A case of the team, opened by an agent while the customer is on the phone."""
        return (
            cls.env["crm.case"]
            .with_user(user or cls.agent_a)
            .create(
                {
                    "name": "Printer is dead",
                    "partner_id": cls.contact.id,
                    "team_id": cls.team.id,
                    **values,
                }
            )
        )

    @classmethod
    def _new_book(cls, hours, **values):
        return (
            cls.env["crm.hour.book"]
            .with_user(cls.manager)
            .create({"partner_id": cls.customer.id, "hours_bought": hours, **values})
        )

    @classmethod
    def _log(cls, case, hours, **values):
        return (
            cls.env["crm.work.entry"]
            .with_env(case.env)
            .create(
                {
                    "case_id": case.id,
                    "hours": hours,
                    "description": "Work",
                    **values,
                }
            )
        )

    def item_of(self, record, user):
        return (
            self.env["crm.queue.item"]
            .with_user(user)
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)])
        )
