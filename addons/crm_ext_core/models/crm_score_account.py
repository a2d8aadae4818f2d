from odoo import api, fields, models
from odoo.tools import SQL


class CrmScoreAccount(models.Model):
    """The score of a company: how well its best lead fits, and what all its people do.

    Fit is that of the best lead; engagement is added up over all leads of the company
    and its contacts, within the score model's cap. Leads not scored (closed to
    profiling) do not count.
    """

    _name = "crm.score.account"
    _description = "Account score"
    _order = "score desc, id desc"
    _log_access = False
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Company", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company",
        string="Our company",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    score = fields.Integer(readonly=True, aggregator="avg")
    fit = fields.Integer(readonly=True, aggregator="avg")
    engagement = fields.Integer(readonly=True, aggregator="avg")
    lead_count = fields.Integer(string="Leads", readonly=True)
    contact_count = fields.Integer(string="Contacts with leads", readonly=True)
    date = fields.Datetime(string="Score since", readonly=True)

    _once = models.UniqueIndex(
        "(partner_id, COALESCE(company_id, 0))", "An account has one score a company."
    )

    @api.model
    def _refresh(self, domain):
        """Bring the accounts behind these leads up to date."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        query = leads._search(domain, bypass_access=True)
        touched = SQL(
            """SELECT commercial_partner_id FROM res_partner WHERE id IN %s""",
            query.subselect(SQL.identifier(query.table, "partner_id")),
        )
        self._refresh_touched(touched)

    @api.model
    def _refresh_companies(self, companies):
        """Bring the accounts of these companies up to date, with leads or without."""
        if companies and self.env["crm.score.model"]._published_ids():
            ids = SQL("SELECT unnest(%s::integer[])", companies.ids)
            # sudo: scores are core's to write, whoever changed a lead or a contact
            self.sudo()._refresh_touched(ids)

    @api.model
    def _remove_unscored(self):
        """Accounts none of whose leads is scored any more, among all."""
        self.env.flush_all()
        everybody = SQL("SELECT partner_id FROM crm_score_account")
        self.env.cr.execute(self._gone_query(everybody))
        self.invalidate_model()

    def _refresh_touched(self, touched):
        """Two statements, whatever the number of companies.

        :param SQL touched: a query of their ids
        """
        upsert = self._upsert_query(touched)
        self.env["crm.lead"].flush_model(["partner_id", "company_id", "active"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env.flush_query(upsert)
        self.env.cr.execute(upsert)
        self.env.cr.execute(self._gone_query(touched))
        self.invalidate_model()

    def _upsert_query(self, touched):
        return SQL(
            """INSERT INTO crm_score_account (partner_id, company_id, score, fit,
                           engagement, lead_count, contact_count, date)
               SELECT partner_id, company_id, fit + engagement, fit, engagement,
                      lead_count, contact_count, %(now)s::timestamp
                 FROM (%(sums)s) AS sums
             ORDER BY partner_id
               ON CONFLICT (partner_id, COALESCE(company_id, 0)) DO UPDATE
                  SET score = excluded.score, fit = excluded.fit,
                      engagement = excluded.engagement,
                      lead_count = excluded.lead_count,
                      contact_count = excluded.contact_count, date = excluded.date
                WHERE (crm_score_account.score, crm_score_account.fit,
                       crm_score_account.lead_count, crm_score_account.contact_count)
                      IS DISTINCT FROM (excluded.score, excluded.fit,
                       excluded.lead_count, excluded.contact_count)""",
            now=fields.Datetime.now(),
            sums=self._sums_query(touched),
        )

    def _sums_query(self, touched):
        return SQL(
            """SELECT contact.commercial_partner_id AS partner_id, lead.company_id,
                      max(lead.crm_score_fit) AS fit,
                      LEAST(sum(lead.crm_score_engagement),
                            NULLIF(max(model.engagement_cap), 0)) AS engagement,
                      count(*) AS lead_count,
                      count(DISTINCT contact.id) AS contact_count
                 FROM res_partner contact
                 JOIN crm_lead lead ON lead.partner_id = contact.id
                 JOIN crm_score_model model ON model.id = lead.crm_score_model_id
                WHERE contact.commercial_partner_id IN (%s) AND lead.active
             GROUP BY contact.commercial_partner_id, lead.company_id""",
            touched,
        )

    def _gone_query(self, touched):
        """Accounts none of whose leads is scored any more."""
        return SQL(
            """DELETE FROM crm_score_account account
                WHERE partner_id IN (%s) AND NOT EXISTS (
                      SELECT FROM res_partner contact
                        JOIN crm_lead lead ON lead.partner_id = contact.id
                       WHERE contact.commercial_partner_id = account.partner_id
                         AND lead.company_id IS NOT DISTINCT FROM account.company_id
                         AND lead.active AND lead.crm_score_model_id IS NOT NULL)""",
            touched,
        )

    def action_open_leads(self):
        """All leads of the company and its contacts, best first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_lead_action_score"
        )
        return action | {
            "name": self.partner_id.display_name,
            "domain": [("partner_id.commercial_partner_id", "=", self.partner_id.id)],
            "context": {},
        }
