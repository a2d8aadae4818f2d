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
            for handler, known in self._find(record, by_name=True)[:SHOWN]
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
        among = self._get_candidates_of(own)
        found = {
            record.id: self._find(record, among=among[record.id]) for record in own
        }
        bodies = {}
        for record in own:
            # sudo: who handles it is what the note is about
            others = [
                handler
                for handler, _known in found[record.id]
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
    def _find(self, record, by_name=False, among=None):
        """[(handler, known record)], the likeliest first, each handler once.

        :param bool by_name: also look for names that resemble, for one record
        :param among: cards to compare with, where they were read for many records
        """
        # sudo: the question is across record rules; what comes out is a name
        search = self.sudo()
        if among is None:
            search.env["crm.duplicate.card"]._refresh_now()
        card = search.env["crm.duplicate.card"]._make_card(record.sudo())
        ranked = []
        for asked in filter(None, (card, card.firm())):
            # a company's name that resembles is worth a look by who enters it
            near = by_name and asked.kind == "firm"
            bar = POINTS["company_near"] if near else PROBABLE_POINTS
            others = among
            if among is None:
                others = search._get_candidates(asked, record, by_name)
            for other in others:
                verdict = compare(asked, other._to_card())
                if verdict.points >= bar:
                    ranked.append((-verdict.points, other.id, other))
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

    @api.model
    def _get_candidates_of(self, records):
        """{id: cards that share a key with it}, by one query for all records."""
        # sudo: as in _find
        cards = self.env["crm.duplicate.card"].sudo()
        cards._refresh_now()
        wanted = []
        for record in records.sudo():
            card = cards._make_card(record)
            for asked in filter(None, (card, card.firm())):
                wanted += [(record.id, record.company_id.id, k) for k in keys(asked)]
        rows = self.env.execute_query(
            SQL(
                """WITH near AS MATERIALIZED (
                   SELECT DISTINCT asked.id, asked.company_id, near.card_id
                     FROM unnest(%(ids)s::int[], %(firms)s::int[], %(keys)s::varchar[])
                          AS asked (id, company_id, key)
                    CROSS JOIN unnest(%(scopes)s::varchar[]) AS scope
                    CROSS JOIN LATERAL (SELECT card_id FROM crm_duplicate_key
                                         WHERE value = scope || '|' || asked.key
                                      ORDER BY card_id DESC LIMIT %(reach)s) near)
                   SELECT near.id, card.id
                     FROM near JOIN crm_duplicate_card card ON card.id = near.card_id
                    WHERE card.company_id IS NULL OR card.company_id = ANY(%(own)s)
                       OR card.company_id = near.company_id""",
                ids=[row[0] for row in wanted],
                firms=[row[1] or None for row in wanted],
                keys=[row[2] for row in wanted],
                scopes=["l", "p", FIRM_SCOPE],
                reach=REACH,
                own=self.env.user.company_ids.ids,
            )
        )
        found = {record.id: [] for record in records}
        for record_id, card_id in rows:
            found[record_id].append(card_id)
        known = cards.browse({card_id for _record_id, card_id in rows})
        return {
            record_id: cards.browse(sorted(ids)).with_prefetch(known._prefetch_ids)
            for record_id, ids in found.items()
        }

    def _get_candidates(self, card, record, by_name):
        wanted = [
            f"{scope}|{key}" for key in keys(card) for scope in ("l", "p", FIRM_SCOPE)
        ]
        # the companies of who asks; of the record's own when nobody asks (a web form)
        companies = (self.env.user.company_ids | record.company_id).ids
        found = self.env.execute_query(
            SQL(
                """WITH near AS MATERIALIZED (
                   SELECT DISTINCT near.card_id
                     FROM unnest(%(wanted)s::varchar[]) AS asked
                    CROSS JOIN LATERAL (SELECT card_id FROM crm_duplicate_key
                                         WHERE value = asked
                                      ORDER BY card_id DESC LIMIT %(reach)s) near)
                   SELECT card.id
                     FROM near JOIN crm_duplicate_card card ON card.id = near.card_id
                    WHERE card.company_id IS NULL OR card.company_id = ANY(%(own)s)""",
                wanted=wanted,
                reach=REACH,
                own=companies,
            )
        )
        ids = {row[0] for row in found}
        if by_name and card.kind == "firm" and self.env.registry.has_trigram:
            ids |= self._find_by_name(card, companies)
        return self.env["crm.duplicate.card"].browse(sorted(ids))

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
        return {row[0] for row in rows}
