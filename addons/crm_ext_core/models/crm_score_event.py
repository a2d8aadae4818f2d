from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# a meeting that is written down after it took place is still found
ENTERED_LATE = timedelta(days=7)


class CrmScoreEvent(models.Model):
    """Something that happened to a lead, once: told by an addon, kept as a fact.

    Whether it gives points is the business of the published rules, today's or
    tomorrow's.
    """

    _name = "crm.score.event"
    _description = "Score event"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "source"

    lead_id = fields.Many2one(
        "crm.lead", required=True, index=True, ondelete="cascade", readonly=True
    )
    source = fields.Selection(
        selection="_selection_source", required=True, readonly=True
    )
    date = fields.Datetime(required=True, readonly=True)
    ref = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        help="What makes the event unique.",
    )

    _once = models.Constraint(
        "UNIQUE(lead_id, source, ref)", "This event has already been recorded."
    )

    @api.model
    def _selection_source(self):
        return self.env["crm.score.rule"]._selection_event_source()

    @api.model
    def _log(self, source, facts):
        """Record what happened and score the leads concerned; a fact told twice counts
        once.

        :param str source: a key of crm.hooks._score_event_sources()
        :param list facts: (lead id, datetime in UTC, reference unique for this source)
        :return: the leads that gained an event
        """
        if source not in self.env["crm.hooks"]._score_event_sources():
            raise ValueError(f"Unknown score event source {source!r}")
        rows = [(lead_id, source, date, str(ref)) for lead_id, date, ref in facts]
        if not rows:
            return self.env["crm.lead"]
        # the person may object to profiling: then nothing is recorded
        known = self.env.cr.execute_values(
            """INSERT INTO crm_score_event (lead_id, source, date, ref)
               SELECT new.* FROM (VALUES %s) AS new (lead_id, source, date, ref)
                 JOIN crm_lead lead ON lead.id = new.lead_id
                WHERE lead.crm_no_profiling IS NOT TRUE
               ON CONFLICT DO NOTHING RETURNING lead_id""",
            rows,
            template="(%s, %s, %s::timestamp, %s)",
            page_size=len(rows),
            fetch=True,
        )
        leads = self.env["crm.lead"].browse(sorted({row[0] for row in known}))
        if leads:
            self.invalidate_model()
            leads._refresh_crm_score(events_only=True)
        return leads

    @api.model
    def _collect(self, domain):
        """Take up what the passing of time made true (a meeting that is over) of the
        leads in `domain`; scoring them is the caller's."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        domain = Domain(domain) & Domain("crm_no_profiling", "!=", True)
        return self._take_up(leads._search(domain, bypass_access=True).select())

    @api.model
    def _cron_collect(self):
        """Take up what came true of late, of all leads, and score the leads concerned:
        the whole base need not be scored for a meeting to count."""
        now = fields.Datetime.now()
        since = min(self.env.context.get("lastcall") or now, now - ENTERED_LATE)
        leads = SQL("SELECT id FROM crm_lead WHERE crm_no_profiling IS NOT TRUE")
        self.env["crm.lead"].flush_model(["crm_no_profiling"])
        self._take_up(leads, since)._refresh_crm_score(events_only=True)

    @api.model
    def _take_up(self, lead_ids, since=datetime.min):
        """Record what is true by now and was not known yet.

        :param SQL lead_ids: a query of the leads asked about
        :param datetime since: what is older is left alone
        :return: the leads that gained an event
        """
        found = set()
        for source, kind in self.env["crm.hooks"]._score_event_sources().items():
            if not kind.model:
                continue
            facts = self.env[kind.model]._crm_score_facts(lead_ids)
            self.env.flush_query(facts)
            rows = self.env.execute_query(
                SQL(
                    """INSERT INTO crm_score_event (lead_id, source, date, ref)
                       SELECT facts.lead_id, %s, facts.date, facts.ref
                         FROM (%s) AS facts (lead_id, date, ref)
                        WHERE facts.date > %s
                       ON CONFLICT DO NOTHING RETURNING lead_id""",
                    source,
                    facts,
                    since,
                )
            )
            found.update(row[0] for row in rows)
        self.invalidate_model()
        return self.env["crm.lead"].browse(sorted(found))
