from odoo import api, fields, models
from odoo.tools import SQL


class CrmMrrAccount(models.Model):
    """The account of a customer in the MRR ledger: until when its entries are in.

    Its row is locked and written by whoever brings the customer's ledger up to date:
    two entries about one customer at once never see each other half done.
    """

    _name = "crm.mrr.account"
    _description = "Account of the MRR ledger"
    _log_access = False
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    known_at = fields.Datetime(
        string="Up to date since", readonly=True, help="Moment of the last entry."
    )

    _once = models.UniqueIndex("(company_id, partner_id)", "Known already.")

    @api.model
    def _claim(self, subscriptions):
        """The customers of these subscriptions and of all that continue them, one
        after the other."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE heirs AS (
                       SELECT id FROM crm_subscription WHERE id IN %(ids)s
                        UNION
                       SELECT heir.id FROM heirs
                         JOIN crm_subscription heir ON heir.predecessor_id = heirs.id
                   )
                   INSERT INTO crm_mrr_account AS customer (company_id, partner_id)
                   SELECT DISTINCT company_id, commercial_partner_id
                     FROM heirs JOIN crm_subscription USING (id)
                    WHERE commercial_partner_id IS NOT NULL
                 ORDER BY company_id, commercial_partner_id
                       ON CONFLICT (company_id, partner_id)
                       DO UPDATE SET known_at = customer.known_at
                RETURNING id""",
                ids=tuple(subscriptions.ids) or (0,),
            )
        )
        customers = self.browse(row[0] for row in rows)
        customers.invalidate_recordset(["known_at"])
        return customers

    @api.model
    def _claim_all(self):
        """A row for every customer that has, or had, a confirmed subscription."""
        self.env["crm.subscription"].flush_model()
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_mrr_account (company_id, partner_id)
                   SELECT DISTINCT company_id, commercial_partner_id
                     FROM crm_subscription
                    WHERE state <> 'draft' AND commercial_partner_id IS NOT NULL
                       ON CONFLICT (company_id, partner_id) DO NOTHING
                RETURNING id"""
            )
        )

    def _lock(self):
        """Hold the rows, as writing them does, before their ledger is read."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_mrr_account SET known_at = known_at WHERE id IN %s
                   RETURNING id""",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["known_at"])
