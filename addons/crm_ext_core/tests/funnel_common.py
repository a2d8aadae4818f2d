from odoo.fields import Command

from .common import CrmExtCase


class FunnelCase(CrmExtCase):
    """A funnel of three stages, and a salesperson's cards in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(
            "crm.iap.lead.enrich.setting", "manual"
        )
        cls.colleague = cls._new_user(
            "test_colleague", "sales_team.group_sale_salesman"
        )
        # what rules write is read in English here, whatever the database speaks
        (cls.salesperson | cls.sales_manager | cls.colleague).lang = "en_US"
        cls.team = cls.env["crm.team"].create({"name": "Funnel team"})
        stages = cls.env["crm.stage"].create(
            [
                {"name": name, "sequence": 100 + rank, "team_ids": cls.team.ids}
                for rank, name in enumerate(("Heard of", "Qualified", "To pay"))
            ]
        )
        cls.new, cls.qualified, cls.to_pay = stages
        cls.customer = cls.env["res.partner"].create(
            {"name": "Laiterie Kermadec", "email": "contact@kermadec.example"}
        )

    def _card_values(self, **values):
        return {
            "name": "Refonte du site",
            "type": "opportunity",
            "partner_id": self.customer.id,
            "team_id": self.team.id,
            "user_id": self.salesperson.id,
            "stage_id": self.new.id,
        } | values

    def _card(self, *, tracked=False, **values):
        """A card of the salesperson's, as he holds it."""
        leads = self.env["crm.lead"].with_user(self.salesperson)
        if tracked:
            leads = leads.with_context(tracking_disable=False)
        return leads.create(self._card_values(**values))

    def _cards(self, number, **values):
        leads = self.env["crm.lead"].with_user(self.salesperson)
        return leads.create([self._card_values(**values)] * number)

    def _count_queries(self, cards, stage=None):
        """Queries of moving these cards at once, in one write."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        cards.write({"stage_id": (stage or self.qualified).id})
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def flush_tracking(self):
        """Let the host write what it tracked in this transaction."""
        self.env.flush_all()
        self.cr.precommit.run()

    def _rule(self, moment="enter", stage=None, actions=(), **values):
        """A rule of the sales manager's; actions are (kind, values)."""
        rules = self.env["crm.funnel.rule"].with_user(self.sales_manager)
        return rules.create(
            {
                "name": f"Rule on {moment}",
                "stage_id": (stage or self.qualified).id,
                "moment": moment,
                "action_ids": [
                    Command.create({"kind": kind, "sequence": rank} | given)
                    for rank, (kind, given) in enumerate(actions)
                ],
            }
            | values
        )

    def _call(self, **values):
        """An action: plan a call."""
        kind = self.env.ref("mail.mail_activity_data_call")
        return "activity", {"activity_type_id": kind.id, "summary": "Call"} | values

    def _tag(self, name="To bill"):
        tag = self.env["crm.tag"].create({"name": name})
        return "tag", {"tag_ids": [Command.set(tag.ids)]}

    def _move_to(self, stage):
        return "move", {"next_stage_id": stage.id}

    def _mail(self):
        template = self.env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Votre projet {{ object.name }}",
                "body_html": "<p>Bonjour</p>",
                "email_to": "{{ object.partner_id.email }}",
            }
        )
        return "mail", {"template_id": template.id}
