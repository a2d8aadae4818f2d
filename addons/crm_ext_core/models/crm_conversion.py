from odoo import api, fields, models
from odoo.tools import SQL


class CrmConversion(models.Model):
    """A lead made a company, a contact, an opportunity: the database lets it happen
    once, and what was made, when, by whom and from where is kept.
    """

    _name = "crm.conversion"
    _description = "Conversion of a lead"
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _log_access = False

    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", string="Our company", readonly=True, index="btree_not_null"
    )
    date = fields.Datetime(string="Converted on", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Converted by", readonly=True)
    account_id = fields.Many2one(
        "res.partner", string="Company", readonly=True, ondelete="set null",
        index="btree_not_null",
    )  # fmt: skip
    account_is_new = fields.Boolean(string="New company", readonly=True)
    contact_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="set null",
        index="btree_not_null",
    )  # fmt: skip
    contact_is_new = fields.Boolean(string="New contact", readonly=True)
    is_opportunity = fields.Boolean(string="Opportunity", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    form_id = fields.Many2one("crm.capture.form", readonly=True, ondelete="set null")
    score = fields.Integer(string="Score then", readonly=True, aggregator="avg")
    grade = fields.Char(string="Grade then", readonly=True)

    _once = models.Constraint("UNIQUE (lead_id)", "This lead is converted already.")

    # ------------------------------------------------------------------ once
    @api.model
    def _claim(self, leads, opportunity):
        """Be the one that converts these leads; another transaction gets what is left.

        A lead converted to a contact only may still become an opportunity, once.

        :return: the leads that are ours to convert
        """
        if not leads:
            return leads
        leads.flush_recordset()
        wanted = {"ids": tuple(leads.ids), "opportunity": opportunity}
        mine = self.env.execute_query(self._insert_query(leads, opportunity))
        if opportunity:
            mine += self.env.execute_query(
                SQL(
                    """UPDATE crm_conversion SET is_opportunity = TRUE
                        WHERE lead_id IN %(ids)s AND is_opportunity IS NOT TRUE
                    RETURNING lead_id""",
                    **wanted,
                )
            )
        self.invalidate_model()
        leads.invalidate_recordset(["crm_conversion_ids"])
        return leads.browse(sorted({row[0] for row in mine}))

    def _insert_query(self, leads, opportunity):
        return SQL(
            """INSERT INTO crm_conversion (lead_id, company_id, date, user_id,
                           is_opportunity, source_id, medium_id, campaign_id, form_id,
                           score, grade)
               SELECT id, company_id, %s, %s, %s, source_id, medium_id, campaign_id,
                      crm_capture_form_id, crm_score, crm_score_grade
                 FROM crm_lead WHERE id IN %s ORDER BY id
               ON CONFLICT (lead_id) DO NOTHING RETURNING lead_id""",
            fields.Datetime.now(),
            self.env.uid,
            opportunity,
            tuple(leads.ids),
        )

    @api.model
    def _note(self, leads):
        """Note the leads that another door of the host made opportunities."""
        fresh = leads.filtered(lambda lead: lead.type == "opportunity")
        for conversion in self._of(self._claim(fresh, True)):
            partner = conversion.lead_id.partner_id
            conversion.write(
                {
                    "contact_id": partner.id,
                    "account_id": partner.commercial_partner_id.id
                    if partner.commercial_partner_id.is_company
                    else False,
                }
            )

    @api.model
    def _of(self, leads):
        return self.search([("lead_id", "in", leads.ids)]) if leads else self.browse()

    # ------------------------------------------------------------------ words
    def _explain(self):
        """Who converted the lead and when, for who tries it again."""
        self.ensure_one()
        return self.env._(
            "%(lead)s was converted by %(user)s on %(date)s already: nothing was made "
            "twice.",
            lead=self.lead_id.display_name,
            user=self.user_id.name,
            date=fields.Date.to_string(self.date),
        )

    # ------------------------------------------------------------------ actions
    def action_open_lead(self):
        return self._open(self.lead_id)

    def action_open_contact(self):
        return self._open(self.contact_id)

    def action_open_account(self):
        return self._open(self.account_id)

    def _open(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
