from odoo import models
from odoo.fields import Domain
from odoo.tools import plaintext2html


class CrmImportWriter(models.AbstractModel):
    """A row of somebody who has an open lead makes no second one, as at other doors."""

    _inherit = "crm.import.writer"

    def _write_leads(self, rows, companies, contacts):
        joined = self._join_open_leads(rows)
        new = [row for row in rows if row["number"] not in joined]
        # the run shows those that its user may read
        own = self.env["crm.lead"].browse(lead.id for lead in joined.values())
        seen = set(own._filtered_access("read").ids)
        return super()._write_leads(new, companies, contacts) | {
            number: lead.id for number, lead in joined.items() if lead.id in seen
        }

    def _join_open_leads(self, rows):
        """Tell the open lead of each person what the row says: {row number: lead}."""
        team = self.env["crm.team"]._get_default_team_id(user_id=self.env.uid)
        if team._crm_get_rule() != "join":
            return {}
        mails = {
            row["number"]: mail
            for row in rows
            if "lead" in row and (mail := row.get("contact", {}).get("email"))
        }
        known = self._find_open_leads(set(mails.values()))
        joined = {
            number: known[mail] for number, mail in mails.items() if mail in known
        }
        title = self.env._("Imported again")
        texts = {}
        for row in rows:
            if lead := joined.get(row["number"]):
                text = lead._crm_to_text(title, row["lead"])
                texts.setdefault(lead, []).append(text)
        # sudo: the lead may be a colleague's; it is told, the importer reads nothing
        leads = self.env["crm.lead"].sudo().browse(lead.id for lead in texts)
        leads._message_log_batch(
            bodies={
                lead.id: plaintext2html("\n".join(lines))
                for lead, lines in texts.items()
            }
        )
        return joined

    def _find_open_leads(self, mails):
        """The youngest open lead of each address: {address: lead, in sudo}."""
        if not mails:
            return {}
        # sudo: as above
        leads = self.env["crm.lead"].sudo()
        found = leads.search_fetch(
            Domain("email_normalized", "in", sorted(mails))
            & Domain("won_status", "=", "pending")
            & Domain("company_id", "in", [False, self.env.company.id]),
            ["email_normalized"],
            order="id",
        )
        return {lead.email_normalized: lead for lead in found}
