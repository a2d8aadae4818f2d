from odoo.fields import Command

from .common import CrmExtCase


class ConversionCase(CrmExtCase):
    """A salesperson with a lead of a company that nobody knows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        cls.team = env["crm.team"].create({"name": "Fairs", "use_leads": True})
        cls.own_stage = env["crm.stage"].create(
            {"name": "Fair visit", "team_ids": [Command.set(cls.team.ids)]}
        )
        env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.salesperson.id}
        )
        cls.tag = env["crm.tag"].create({"name": "Stand B12"})
        cls.source = env["utm.source"].create({"name": "Salon de Rennes"})
        cls.medium = env["utm.medium"].create({"name": "Badge scanned"})
        cls.campaign = env["utm.campaign"].create({"name": "Autumn fairs"})
        cls.function = env["crm.job.function"].create({"name": "Head of IT (test)"})
        cls.lead = cls.new_lead()

    @classmethod
    def new_lead(cls, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Backup contract",
                "type": "lead",
                "user_id": cls.salesperson.id,
                "team_id": cls.team.id,
                "partner_name": "Moulin de Vinouze",
                "contact_name": "Zoé Cœur",
                "email_from": "zoe@vinouze.example",
                "phone": "+33299000001",
                "function": "DSI",
                "crm_job_function_id": cls.function.id,
                "crm_siret": "552 100 554 00013",
                "street": "1 rue du Moulin",
                "zip": "35000",
                "city": "Rennes",
                "country_id": cls.env.ref("base.fr").id,
                "tag_ids": [Command.set(cls.tag.ids)],
                "source_id": cls.source.id,
                "medium_id": cls.medium.id,
                "campaign_id": cls.campaign.id,
            }
            | values
        )

    def wizard(self, lead=None, user=None, **values):
        """The window as a salesperson opens it on a lead."""
        lead = (lead or self.lead).with_user(user or self.salesperson)
        action = lead.action_crm_convert()
        wizard = lead.env[action["res_model"]].browse(action["res_id"])
        if values:
            wizard.write(values)
        return wizard.with_context(**action["context"])

    def partners(self, name):
        return self.env["res.partner"].search([("name", "=", name)])
