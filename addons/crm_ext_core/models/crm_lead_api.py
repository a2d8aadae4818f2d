from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.capture import MAX_URL, UTM, read_utm


class CrmLead(models.Model):
    """Other programs hand in what they received: a call, a chat, their own form."""

    _inherit = "crm.lead"

    @api.model
    def crm_receive(self, values, key=None):
        """Make a lead, or tell the person's open lead, by the rule of the team.

        :param dict values: fields of a lead; besides landing_page, utm_source,
            utm_medium and utm_campaign, which are texts
        :param str key: chosen by the sender; the same key makes no second lead
        :return: {"status": "created", "joined" or "known", "lead_id": False when the
            caller may not read it, "handler": name of who handles it}
        """
        self.check_access("create")
        key = key and f"api-{self.env.uid}-{key}"
        # sudo: the person's lead may be a colleague's; only the handler's name goes out
        door = self.sudo()
        if lead := door._crm_find_key(key):
            return self._crm_answer("known", lead)
        vals, sources = self._crm_read_values(values)
        team = self._crm_find_team(vals)
        sender = vals | {"company_id": vals.get("company_id") or team.company_id.id}
        self._crm_check_company(sender)
        lead, is_new = door._crm_receive(
            sender,
            # sudo: made with the caller's rights, like a known one from here on
            lambda: self._crm_make_received(key, vals, sources).sudo(),
            team._crm_get_rule(),
            ("request", fields.Datetime.now(), key or f"api-{fields.Datetime.now()}"),
        )
        if not is_new:
            title = self.env._("Asked again")
            said = {name: value for name, value in vals.items() if name in values}
            text = lead._crm_to_text(title, said)
            lead._crm_tell_again(text, self.env.user.partner_id)
        return self._crm_answer("created" if is_new else "joined", lead)

    def _crm_answer(self, status, lead):
        own = self.browse(lead.id)._filtered_access("read")
        return {"status": status, "lead_id": own.id, "handler": lead.user_id.name}

    def _crm_make_received(self, key, vals, sources):
        """The lead, with the rights of whoever asked."""
        contact = vals.get("partner_id") or self._crm_find_contact(vals).id
        named = self.env["crm.capture.form"]._name_sources(
            sources, self.env["utm.mixin"]._find_or_create_record
        )
        vals = {"partner_id": contact} | named | vals
        page = sources.get("landing_page")
        return self._crm_make_once(key, vals | {"crm_landing_page": page})

    def _crm_read_values(self, values):
        """(values of a lead, texts that say where it comes from)."""
        texts = {name: str(values.get(name) or "") for name in UTM}
        page = str(values.get("landing_page") or "")[:MAX_URL]
        sources = read_utm(page) | {name: text for name, text in texts.items() if text}
        vals = {
            name: value
            for name, value in values.items()
            if name not in (*UTM, "landing_page")
        }
        if wrong := [name for name in vals if name not in self._fields]:
            raise UserError(
                self.env._(
                    "Values: %(names)s is no field of a lead.", names=", ".join(wrong)
                )
            )
        words = ("name", "partner_name", "contact_name", "email_from", "phone")
        vals["name"] = next((vals[word] for word in words if vals.get(word)), False)
        if not vals["name"]:
            raise UserError(
                self.env._("Values: give a subject, a name, an e-mail or a phone.")
            )
        return vals, sources | {"landing_page": page}

    def _crm_find_team(self, vals):
        teams = self.env["crm.team"]
        if vals.get("team_id"):
            team = teams.browse(vals["team_id"])
            team.check_access("read")
            return team
        return teams._get_default_team_id(user_id=self.env.uid)

    def _crm_check_company(self, sender):
        """The open lead is looked for above the rights of who asks, but never in a
        company that is not the caller's."""
        if (sender["company_id"] or self.env.company.id) not in self.env.companies.ids:
            raise UserError(
                self.env._("Company: choose one of those that you work for.")
            )
