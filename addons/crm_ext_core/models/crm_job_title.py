from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.job_title import best_prefix, title_key

MODELS = ("res.partner", "crm.lead")
TABLES = ("res_partner", "crm_lead")


class CrmJobTitle(models.Model):
    """The queue of titles without function, rebuilt each time it is opened.

    Spellings of one title are one line; mapping it maps every card in one statement.
    """

    _name = "crm.job.title"
    _description = "Title without function"
    _order = "card_count desc, name"

    name = fields.Char(string="Title", readonly=True, required=True)
    key = fields.Char(string="Normalised", readonly=True, required=True)
    spellings = fields.Json(string="Written as", readonly=True)
    spelling_count = fields.Integer(string="Spellings", readonly=True)
    card_count = fields.Integer(string="Cards", readonly=True)
    contact_count = fields.Integer(string="Contacts", readonly=True)
    lead_count = fields.Integer(string="Leads", readonly=True)
    function_id = fields.Many2one(
        "crm.job.function",
        index="btree_not_null",
        ondelete="cascade",
        help="Proposed when the title begins like a known one.",
    )
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")

    _once = models.UniqueIndex(
        "(key, COALESCE(company_id, 0))", "This title waits already."
    )

    # ------------------------------------------------------------------ actions
    @api.model
    def action_open_queue(self):
        """Rebuild the queue and open it."""
        self.check_access("write")
        self._rebuild()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_job_title_action"
        )

    def action_map(self):
        """Give all the cards of these titles their function, and remember it."""
        self.check_access("write")
        if missing := self.filtered(lambda title: not title.function_id):
            raise UserError(
                self.env._(
                    "Choose the function of title %(title)s first.",
                    title=missing[0].name,
                )
            )
        functions = {title.name: title.function_id.id for title in self}
        self.env["crm.job.alias"]._learn(functions)
        self._apply_aliases()
        self.unlink()

    @api.model
    def action_map_known(self):
        """Give their function to the cards whose title is known: after an import in
        SQL, or when the addon is installed on a base that has contacts."""
        self.check_access("write")
        self._apply_aliases()
        return self.action_open_queue()

    # ------------------------------------------------------------------ set-based
    @api.model
    def _read_unmapped(self):
        """(table, company id, title, number of cards) of the titles without function;
        the sums run over companies, record rules on the queue tell them apart."""
        self.env["res.partner"].flush_model()
        self.env["crm.lead"].flush_model()
        counts = SQL(" UNION ALL ").join(
            SQL(
                """SELECT %s, company_id, function, count(*) FROM %s
                    WHERE crm_job_function_id IS NULL AND function <> '' AND active
                 GROUP BY company_id, function""",
                table,
                SQL.identifier(table),
            )
            for table in TABLES
        )
        return self.env.execute_query(counts)

    @api.model
    def _apply_aliases(self):
        """Write the function of every card whose title is known: one statement a
        table, whatever the number of cards; leads whose points depend on it follow."""
        known = self.env["crm.job.alias"]._functions_by_key()
        titles = {row[2] for row in self._read_unmapped()}
        rows = [(t, known[title_key(t)]) for t in titles if title_key(t) in known]
        if not rows:
            return
        mapped = {}
        for model, table in zip(MODELS, TABLES, strict=True):
            mapped[model] = self.env.cr.execute_values(
                f"""UPDATE {table} card
                       SET crm_job_function_id = new.function_id,
                           write_date = now() AT TIME ZONE 'UTC'
                      FROM (VALUES %s) AS new (title, function_id)
                     WHERE card.function = new.title
                       AND card.crm_job_function_id IS NULL
                 RETURNING card.id""",
                rows,
                page_size=len(rows),
                fetch=True,
            )
        self.env.invalidate_all()
        for model, ids in mapped.items():
            self.env["crm.score.model"]._rescore_written(
                self.env[model].browse(row[0] for row in ids), {"crm_job_function_id"}
            )

    @api.model
    def _rebuild(self):
        """Bring the queue's lines up to date with the cards."""
        # sudo: the queue's company rule decides who sees which line
        queue = self.sudo()
        wanted = queue._read_wanted()
        known = {(row.company_id.id, row.key): row for row in queue.search([])}
        queue.browse([row.id for at, row in known.items() if at not in wanted]).unlink()
        for at, vals in wanted.items():
            if at in known:
                known[at].write(vals)
        queue.create([vals for at, vals in wanted.items() if at not in known])

    def _read_wanted(self):
        """{(company id, key): values of the line}."""
        found = defaultdict(lambda: defaultdict(lambda: dict.fromkeys(TABLES, 0)))
        # where there is one company, its cards and the shared ones are one line
        several = self.env["res.company"].search_count([], limit=2) > 1
        for table, company_id, title, number in self._read_unmapped():
            if key := title_key(title):
                at = (several and company_id or False, key)
                found[at][title][table] += number
        functions = self.env["crm.job.alias"]._functions_by_key()
        keys = frozenset(functions)
        return {
            at: self._prepare_line(at, spellings)
            | {"function_id": functions.get(best_prefix(at[1], keys), False)}
            for at, spellings in found.items()
        }

    def _prepare_line(self, at, spellings):
        company_id, key = at
        contacts, leads = (
            sum(counts[table] for counts in spellings.values()) for table in TABLES
        )
        return {
            "name": max(spellings, key=lambda title: sum(spellings[title].values())),
            "key": key,
            "company_id": company_id,
            "spellings": sorted(spellings),
            "spelling_count": len(spellings),
            "contact_count": contacts,
            "lead_count": leads,
            "card_count": contacts + leads,
        }
