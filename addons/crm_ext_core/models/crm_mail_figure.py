from odoo import api, fields, models
from odoo.tools import SQL

from .crm_mail_quality import MODELS, STATES


class CrmMailFigure(models.Model):
    """The quality of addresses now, counted in the reader's rights.

    Not a table: each figure is a count made when it is read.
    """

    _name = "crm.mail.figure"
    _description = "Quality of e-mail addresses now"
    _auto = False
    _order = "id"
    _rec_name = "state"

    res_model = fields.Selection(
        [("res.partner", "Contacts"), ("crm.lead", "Leads")],
        string="Records",
        readonly=True,
    )
    state = fields.Selection(STATES, string="Address", readonly=True)
    number = fields.Integer(string="Addresses", readonly=True)
    share = fields.Float(string="Share (%)", readonly=True, aggregator=None)

    @property
    def _table_query(self):
        order = {state: rank for rank, (state, _label) in enumerate(STATES)}
        parts = [
            self._figure_query(10 * (rank + 1) + order[state], name, state, domain)
            for rank, name in enumerate(MODELS)
            if self.env[name].has_access("read")
            for state, domain in self.env["crm.hooks"]._mail_states(name).items()
        ]
        nothing = SQL(
            """SELECT 0 AS id, '' AS res_model, '' AS state, 0 AS number WHERE FALSE"""
        )
        return SQL(
            """SELECT figure.*,
                      100.0 * number
                      / NULLIF(sum(number) OVER (PARTITION BY res_model), 0) AS share
                 FROM (%s) figure""",
            SQL(" UNION ALL ").join([nothing, *parts]),
        )

    def _figure_query(self, id_, name, state, domain):
        return SQL(
            """SELECT %s AS id, %s AS res_model, %s AS state,
                      (%s)::integer AS number""",
            id_,
            name,
            state,
            self._count_query(name, domain),
        )

    def _count_query(self, name, domain):
        self.env[name].flush_model()
        return self.env[name]._search(domain).select(SQL("count(*)"))

    def action_open_records(self):
        self.ensure_one()
        return self._open_records(self.res_model, self.state)

    @api.model
    def _open_records(self, res_model, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("E-mail address: %(state)s", state=labels[state]),
            "res_model": res_model,
            "view_mode": "list,form",
            "domain": [("crm_mail_state", "=", state)],
        }
