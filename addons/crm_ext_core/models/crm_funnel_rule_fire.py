from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..conflicts import retried

CARDS_A_TURN = 1000


class CrmFunnelRule(models.Model):
    """When rules fire: on a move, on an event, on time."""

    _inherit = "crm.funnel.rule"

    # ------------------------------------------------------------------ moves
    @api.model
    def _check_may_leave(self, leads, stage, target):
        """Refuse to let cards go on without what their stage asks for."""
        for rule in self._rules_of(stage.id, "require"):
            if rule.forward_only and not stage._crm_is_before(target):
                continue
            due = leads.filtered_domain(rule._card_domain())
            missing = {lead: rule._find_missing(lead) for lead in due}
            if faulty := [lead for lead, names in missing.items() if names]:
                raise UserError(rule._words_missing(stage, faulty, missing))

    def _words_missing(self, stage, faulty, missing):
        names = sorted({name for lead in faulty for name in missing[lead]})
        words = self.env._(
            "Fill %(fields)s before the card leaves %(stage)s.",
            fields=", ".join(names),
            stage=stage.name,
        )
        if len(missing) > 1:
            cards = ", ".join(lead.name for lead in faulty[:5])
            more = len(faulty) - 5
            cards += f" (+ {more})" if more > 0 else ""
            words += "\n" + self.env._("Cards concerned: %(cards)s", cards=cards)
        return words

    @api.model
    def _fire_moment(self, moment, leads, stage, event=False):
        """Let each rule of a stage act on these cards, one rule after the other."""
        for rule in self._rules_of(stage.id, moment, event):
            # sudo: see _rules_of
            if due := rule._find_due(leads.sudo()):
                rule._fire(due)

    def _fire(self, leads):
        """Act on these cards, once for each stay in the stage.

        :return: the new firings
        """
        # a cron has no language: what is written down is read by the salesperson
        lang = (
            self.env.lang or leads.user_id[:1].lang or self.env.company.partner_id.lang
        )
        rule = self.with_context(lang=lang)
        firings = rule.env["crm.funnel.firing"]._claim(rule, leads)
        firings._carry_out()
        return firings

    # ------------------------------------------------------------------ events
    @api.model
    def _on_event(self, event, facts):
        """Something happened to cards: fire the rules of the stages they stand in.

        :param str event: a key of crm.hooks._funnel_events()
        :param list facts: (lead id, datetime in UTC); what happened before the card
            entered its stage is passed over
        """
        if not self._is_awaited(event):
            return
        when = {}
        for lead_id, date in facts:
            when[lead_id] = max(date, when.get(lead_id, date))
        # sudo: a portal user or a job may be the one who tells
        leads = self.env["crm.lead"].sudo().browse(when).exists()
        leads = leads.filtered(lambda lead: lead.active and lead.type == "opportunity")
        self.env["crm.stage.passage"].sudo()._ensure(leads._crm_flush_places())
        for stage, cards in leads.grouped("stage_id").items():
            fresh = cards._crm_in_stage_since(when)
            self._fire_moment("event", fresh, stage, event)

    @api.model
    @ormcache("event")
    def _is_awaited(self, event):
        """Whether some stage has a rule on this event."""
        domain = [
            ("moment", "=", "event"),
            ("event", "=", event),
            ("active", "=", True),
        ]
        # sudo: cached for everybody, as _rule_ids
        return bool(self.sudo().search_count(domain, limit=1))

    # ------------------------------------------------------------------ time
    @api.model
    def _cron_fire(self):
        """Cards that have stayed too long, and events that only time makes true."""
        rules = self.search([("moment", "in", ("stale", "event"))])
        for rule in rules:
            fired = True
            while fired:  # else the same cards would be found for ever
                found, fired = retried(self.env, rule._fire_on_time)
                if not self.env["ir.cron"]._commit_progress(found):
                    return

    def _fire_on_time(self):
        """Act on the next cards for which this rule's time has come.

        :return: (how many there are, how many firings are new)
        """
        due = self._find_on_time()
        return len(due), len(self._fire(due)) if due else 0

    def _find_on_time(self):
        """The next cards for which this rule's time has come."""
        if self.moment == "stale":
            return self._find_stale(CARDS_A_TURN)
        source = self.env["crm.hooks"]._funnel_events().get(self.event)
        if not (source and source.model):
            return self.env["crm.lead"]
        return self._find_event_held(source.model)

    def _waiting_domain(self):
        """The cards in the stage on which the rule has not fired since they came."""
        fired = [("rule_id", "=", self.id), ("passage_id.left_at", "=", False)]
        return (
            self._card_domain()
            & Domain("stage_id", "=", self.stage_id.id)
            & Domain("won_status", "=", "pending")
            & Domain("crm_funnel_firing_ids", "not any", fired)
        )

    def _find_stale(self, limit=None):
        before = fields.Datetime.now() - timedelta(days=self.stale_days)
        stayed = Domain("date_last_stage_update", "<=", before) | (
            Domain("date_last_stage_update", "=", False)
            & Domain("create_date", "<=", before)
        )
        cards = self.env["crm.lead"].search(
            self._waiting_domain() & stayed, limit=limit, order="id"
        )
        self.env["crm.stage.passage"]._ensure(cards._crm_flush_places())
        return cards

    def _find_event_held(self, model):
        """Cards with such a fact (a meeting that is over) since they entered."""
        leads = self.env["crm.lead"]
        asked = leads._search(self._waiting_domain())
        facts = self.env[model]._crm_score_facts(asked.select())
        when = {}
        for lead_id, date, _ref in self.env.execute_query(facts):
            when[lead_id] = max(date, when.get(lead_id, date))
        cards = leads.browse(sorted(when))
        self.env["crm.stage.passage"]._ensure(cards._crm_flush_places())
        return cards._crm_in_stage_since(when)[:CARDS_A_TURN]
