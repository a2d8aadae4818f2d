from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

from ..tools.duplicates import POINTS, PROBABLE_POINTS, compare, keys
from .crm_duplicate_card import FIRM_SCOPE

REACH = 30  # cards looked at for one key
SHOWN = 3  # handlers named in a warning
SIMILARITY = 0.6  # of names, for one look-up without any other key


class CrmDuplicateKnown(models.AbstractModel):
    """Who handles the person or company that somebody is about to enter again.

    Looks across record rules, in the companies of whoever asks, and tells nothing but
    the handler's name; a link is given to those who may read the record.
    """

    _name = "crm.duplicate.known"
    _description = "Known persons and companies"

    @api.model
    def _describe(self, record):
        """The warning of a form, as HTML; nothing when nobody is known."""
        lines = [
            Markup("<div>%s%s</div>") % (self._word(handler), self._link(known))
            for handler, known in self._find(record, by_name=True)[0][:SHOWN]
        ]
        return Markup().join(lines) or False

    def _word(self, handler):
        if not handler:
            return self.env._("Already in the base; nobody is in charge.")
        if handler == self.env.user:
            return self.env._("You already handle it.")
        # sudo: the name of a colleague, and nothing else of him
        return self.env._("Already handled by %(name)s.", name=handler.sudo().name)

    def _link(self, known):
        """A link for who may read the record; across record rules, nothing."""
        readable = known.sudo(False).with_user(self.env.uid)._filtered_access("read")
        if not readable:
            return ""
        return Markup(' <a href="/odoo/%s/%s" target="_blank">%s</a>') % (
            known._name,
            known.id,
            self.env._("Open it"),
        )

    @api.model
    def _note_known(self, records):
        """After a creation by import, API or form: a note that names the handler."""
        own = records.exists()
        bodies = {}
        for record, found in zip(own, self._find(own), strict=True):
            # sudo: who handles it is what the note is about
            others = [
                handler
                for handler, _known in found
                if handler and handler != record.sudo()._crm_get_handler()
            ]
            if others:
                names = ", ".join(user.name for user in others[:SHOWN])
                bodies[record.id] = self.env._(
                    "This person or company is already handled by %(names)s.",
                    names=names,
                )
        if bodies:
            own.browse(bodies)._message_log_batch(bodies=bodies)

    # ------------------------------------------------------------------ search
    @api.model
    def _find(self, records, by_name=False):
        """For each record [(handler, known record)], the likeliest first, each handler
        once.

        :param bool by_name: also look for names that resemble, for one record
        """
        # sudo: the question is across record rules; what comes out is a name
        search = self.sudo()
        model = search.env["crm.duplicate.card"]
        model._refresh_now()
        asked = []
        for record in records.sudo():
            card = model._make_card(record)
            asked += [(record, one) for one in (card, card.firm()) if one]
        ranked = {record: [] for record in records}
        others = search._get_candidates(asked)
        for (record, card), known in zip(asked, others, strict=True):
            ranked[record] += search._rank(record, card, known, by_name)
        return [self._pick_handlers(*one) for one in ranked.items()]

    def _rank(self, record, card, others, by_name):
        """[(points, id, card)] of those that are likely the same, points below 0."""
        # a company's name that resembles is worth a look by who enters it
        near = by_name and card.kind == "firm"
        if near and self.env.registry.has_trigram:
            others |= self._find_by_name(card, self._get_companies(record))
        bar = POINTS["company_near"] if near else PROBABLE_POINTS
        ranked = [(-compare(card, it._to_card()).points, it.id, it) for it in others]
        return [row for row in ranked if -row[0] >= bar]

    def _pick_handlers(self, record, ranked):
        found = {}
        for _points, _id, other in sorted(ranked, key=lambda item: item[:2]):
            known = other.lead_id or other.partner_id
            if not self._is_same_record(record, known):
                found.setdefault(known._crm_get_handler(), known)
        return list(found.items())

    def _is_same_record(self, record, known):
        """A lead of a known contact repeats nothing, nor does a contact its company."""
        own = record._origin
        if known._name == "crm.lead":
            return known == own
        link = "partner_id" if record._name == "crm.lead" else "parent_id"
        mine = record[link]._origin | (own if own._name == known._name else known[:0])
        return known in mine | mine.commercial_partner_id

    def _get_companies(self, record):
        """The companies of who asks; of the record's own when nobody asks (a form)."""
        return (self.env.user.company_ids | record.company_id).ids

    def _get_candidates(self, asked):
        """The known cards that share a key with each of these, by one query for all.

        :param asked: [(record, its card or that of its company)]
        """
        rows = [
            (number, next(iter(record.company_id.ids), None), f"{scope}|{key}")
            for number, (record, card) in enumerate(asked)
            for key in keys(card)
            for scope in ("l", "p", FIRM_SCOPE)
        ]
        pairs = self.env.execute_query(
            SQL(
                """WITH near AS MATERIALIZED (
                   SELECT DISTINCT asked.number, asked.company_id, near.card_id
                     FROM unnest(%(numbers)s::int[], %(companies)s::int[],
                                 %(wanted)s::varchar[])
                          AS asked (number, company_id, wanted)
                    CROSS JOIN LATERAL (SELECT card_id FROM crm_duplicate_key
                                         WHERE value = asked.wanted
                                      ORDER BY card_id DESC LIMIT %(reach)s) near)
                   SELECT near.number, card.id
                     FROM near JOIN crm_duplicate_card card ON card.id = near.card_id
                    WHERE card.company_id IS NULL OR card.company_id = ANY(%(own)s)
                       OR card.company_id = near.company_id""",
                numbers=[number for number, _company, _key in rows],
                companies=[company for _number, company, _key in rows],
                wanted=[key for _number, _company, key in rows],
                reach=REACH,
                own=self.env.user.company_ids.ids,
            )
        )
        cards = self.env["crm.duplicate.card"]
        found = [set() for _one in asked]
        for number, card_id in pairs:
            found[number].add(card_id)
        all_ids = tuple({card_id for _number, card_id in pairs})
        return [cards.browse(sorted(ids)).with_prefetch(all_ids) for ids in found]

    def _find_by_name(self, card, companies):
        """Companies whose name resembles, by trigrams."""
        self.env.cr.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, TRUE)",
            [str(SIMILARITY)],
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_duplicate_card
                    WHERE title %% %(title)s
                      AND (company_id IS NULL OR company_id = ANY(%(own)s))
                 ORDER BY similarity(title, %(title)s) DESC, id LIMIT %(reach)s""",
                title=card.company,
                own=companies,
                reach=REACH,
            )
        )
        return self.env["crm.duplicate.card"].browse(row[0] for row in rows)
