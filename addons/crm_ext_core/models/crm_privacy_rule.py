from ast import literal_eval

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL, split_every

CHUNK = 200
KINDS = [("res.partner", "Contacts"), ("crm.lead", "Leads")]


class CrmPrivacyRule(models.Model):
    """How long persons are kept after the last contact, and what happens then.

    Customers (invoices, confirmed orders, contracts, won opportunities), users and
    whoever was met, written to or heard of since are never concerned.
    """

    _name = "crm.privacy.rule"
    _description = "Retention rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: records of all companies.",
    )
    res_model = fields.Selection(
        KINDS, string="Applies to", required=True, default="crm.lead"
    )
    domain = fields.Char(string="Among", default="[]", required=True)
    months = fields.Integer(
        string="Months since the last contact", default=36, required=True
    )
    action = fields.Selection(
        [("anonymise", "Anonymise"), ("archive", "Archive")],
        default="anonymise",
        required=True,
        help="Anonymise: names, addresses, texts, messages and files go, figures stay. "
        "It cannot be undone.",
    )
    legal_note = fields.Text(
        string="Legal ground",
        translate=True,
        help="Why this long: shown to whoever asks.",
    )
    concerned_count = fields.Integer(
        string="Concerned today", compute="_compute_concerned_count"
    )
    run_ids = fields.Many2many("crm.batch.run", string="Runs", readonly=True)
    last_run_date = fields.Datetime(string="Last run", readonly=True, copy=False)
    done_count = fields.Integer(string="Treated so far", readonly=True, copy=False)

    _months_positive = models.Constraint(
        "CHECK (months >= 1)", "Months since the last contact: enter 1 or more."
    )

    @api.constrains("domain", "res_model")
    def _check_domain(self):
        for rule in self:
            try:
                # sudo: the domain is tried, nothing is shown
                rule.env[rule.res_model].sudo().search(rule._get_domain(), limit=1)
            except (ValueError, SyntaxError, KeyError, TypeError) as error:
                raise ValidationError(
                    rule.env._(
                        "Among: this is no condition on %(model)s (%(error)s).",
                        model=dict(KINDS)[rule.res_model],
                        error=error,
                    )
                ) from error

    def _compute_concerned_count(self):
        for rule in self:
            rule.concerned_count = len(rule._find_concerned()) if rule.id else 0

    def _get_domain(self):
        domain = Domain(literal_eval(self.domain or "[]"))
        if self.company_id:
            own = Domain("company_id", "in", [False, self.company_id.id])
            domain &= own
            if self.res_model == "res.partner":
                # a shared contact takes its leads along: another company keeps its own
                # sudo: as in _find_concerned
                leads = self.env["crm.lead"].sudo().with_context(active_test=False)
                theirs = leads._search(~own & Domain("partner_id", "!=", False))
                domain &= Domain("id", "not in", theirs.subselect("partner_id"))
        return domain

    # ------------------------------------------------------------------ concerned
    def _find_concerned(self, ids=None):
        """Ids of the records that the rule concerns today, oldest first.

        :param ids: only among these
        """
        self.ensure_one()
        domain = self._get_domain()
        if ids is not None:
            domain &= Domain("id", "in", list(ids))
        # sudo: whom the rule concerns does not depend on who looks at it
        model = self.env[self.res_model].sudo().with_context(active_test=False)
        self.env.flush_all()
        among = model._search(domain)
        query = self._concerned_query(among.subselect())
        return [row[0] for row in self.env.execute_query(query)]

    def _concerned_query(self, among):
        since = fields.Datetime.now() - relativedelta(months=self.months)
        return SQL(
            """WITH %s
               SELECT this.id FROM %s this
                WHERE this.id IN %s AND this.create_date < %s
                  AND this.crm_forgotten_date IS NULL AND %s
                  AND NOT EXISTS (SELECT FROM address
                                   WHERE address.email = this.email_normalized)
             ORDER BY this.id""",
            self._busy_queries(since),
            SQL.identifier(self.env[self.res_model]._table),
            among,
            since,
            self._model_condition(),
        )

    def _busy_queries(self, since):
        """Who was heard of (`met`), whose contact is not silent (`busy`), and the
        addresses (`address`) of both: as common table expressions."""
        hooks = self.env["crm.hooks"]
        return SQL(
            """met (partner_id, lead_id) AS (%s),
               busy (partner_id) AS (
                   SELECT partner_id FROM met WHERE partner_id IS NOT NULL
                    UNION SELECT lead.partner_id FROM met
                     JOIN crm_lead lead ON lead.id = met.lead_id
                    WHERE lead.partner_id IS NOT NULL
                    UNION SELECT id FROM res_partner WHERE %s),
               address (email) AS (
                   SELECT email_normalized FROM res_partner
                    WHERE email_normalized IS NOT NULL
                      AND (id IN (SELECT partner_id FROM busy)
                           OR create_date >= %s)
                    UNION SELECT email_normalized FROM crm_lead
                    WHERE email_normalized IS NOT NULL
                      AND id IN (SELECT lead_id FROM met)
                    UNION %s)""",
            SQL(" UNION ALL ").join(hooks._privacy_recent(since)),
            self.env["crm.privacy.eraser"]._protected_condition(
                SQL("res_partner.commercial_partner_id")
            ),
            since,
            SQL(" UNION ").join(hooks._privacy_recent_addresses(since)),
        )

    def _model_condition(self):
        archived = SQL(" AND this.active" if self.action == "archive" else "")
        if self.res_model == "crm.lead":
            return SQL(
                """this.won_status IS DISTINCT FROM 'won'
                   AND NOT EXISTS (SELECT FROM met WHERE met.lead_id = this.id)
                   AND NOT EXISTS (SELECT FROM busy
                                    WHERE busy.partner_id = this.partner_id) %s""",
                archived,
            )
        return SQL(
            """this.is_company IS NOT TRUE
               AND NOT EXISTS (SELECT FROM busy WHERE busy.partner_id = this.id) %s""",
            archived,
        )

    # ------------------------------------------------------------------ work
    def action_preview(self):
        """The records that the rule concerns today."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Concerned by %(rule)s", rule=self.name),
            "res_model": self.res_model,
            "view_mode": "list,form",
            "domain": [("id", "in", self._find_concerned())],
            "context": {"active_test": False, "create": False},
        }

    def action_run(self):
        """Apply the rule now, as a run that shows how far it is."""
        runs = self._start()
        if not runs:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.batch.run",
            "res_id": runs[:1].id,
            "view_mode": "form",
        }

    def _start(self):
        self.check_access("write")
        runs = self.env["crm.batch.run"]
        for rule in self:
            ids = rule._find_concerned()
            units = [{"payload": {"rule": rule.id, "ids": part}}
                     for part in split_every(CHUNK, ids, list)]  # fmt: skip
            if units:
                # a run works in its own company alone
                queue = runs.with_company(rule.company_id or self.env.company)
                run = queue._enqueue("privacy", units, name=rule.name)
                rule.write(
                    {
                        "run_ids": [Command.link(run.id)],
                        "last_run_date": fields.Datetime.now(),
                    }
                )
                runs |= run
        return runs

    @api.model
    def _cron_apply(self):
        """Every night: each rule starts its run, unless its last one still works."""
        for rule in self.search(Domain.TRUE):
            if not rule.run_ids.filtered(
                lambda run: run.state in ("queued", "running")
            ):
                rule._start()

    @api.model
    def _batch_process(self, _run, units):
        for unit in units:
            rule = self.browse(unit.payload["rule"]).exists()
            if rule:
                rule._apply(unit.payload["ids"])

    def _apply(self, ids):
        """Treat those that the rule still concerns: somebody may have come back."""
        self.check_access("write")
        concerned = self._find_concerned(ids)
        # sudo: the rule acts on all records, its author answers for it
        records = self.env[self.res_model].sudo().browse(concerned)
        if self.action == "archive":
            records.action_archive()
        elif records:
            eraser = self.env["crm.privacy.eraser"]
            eraser._forget(self._to_person(records))
        # sudo: a figure of the rule, kept by the mechanism
        self.sudo().done_count += len(records)

    def _to_person(self, records):
        """Only what the rule is about, and for contacts all their leads."""
        eraser, cards = self.env["crm.privacy.eraser"], self.env["crm.lead"]
        if self.res_model == "crm.lead":
            return eraser._to_person(self.env["res.partner"], records)
        # sudo: as in _apply
        leads = cards.sudo().with_context(active_test=False)
        leads = leads.search([("partner_id", "in", records.ids)])
        return eraser._to_person(records, leads)

    def _batch_unit_label(self, unit):
        return self.env._("%(count)s persons", count=len(unit.payload["ids"]))
