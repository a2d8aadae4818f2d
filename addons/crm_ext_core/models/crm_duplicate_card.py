from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.duplicates import Card, keys, make_card

WAITING = "crm_ext_core.duplicates"
FIELDS = {"crm.lead": "lead_id", "res.partner": "partner_id"}
SCOPES = {"crm.lead": "l", "res.partner": "p"}
FIRM_SCOPE = "f"  # the company that a lead's person works for


class CrmDuplicateCard(models.Model):
    """What is compared of a lead or a contact, normalised, with its match keys.

    Kept up to date at the end of each transaction, so that creating many records costs
    one query more, and whatever the rights of who writes them.
    """

    _name = "crm.duplicate.card"
    _description = "Card to compare"
    _log_access = False
    _crm_stays_on_merge = True  # derived from the lead, made anew after a merge

    lead_id = fields.Many2one("crm.lead", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    is_own = fields.Boolean()
    title = fields.Char(index="trigram")
    content = fields.Json()
    is_pending = fields.Boolean()

    _lead_once = models.Constraint("UNIQUE(lead_id, is_own)", "One card a lead.")
    _partner_once = models.Constraint(
        "UNIQUE(partner_id, is_own)", "One card a contact."
    )
    _pending_idx = models.Index("(id) WHERE is_pending")

    def _to_card(self):
        self.ensure_one()
        return Card(**(self.content or {}))

    # ------------------------------------------------------------------ upkeep
    @api.model
    def _wait(self, records, new=False):
        """Have these records looked at once, when the transaction ends."""
        precommit = self.env.cr.precommit
        if WAITING not in precommit.data:
            precommit.data[WAITING] = {"changed": {}, "new": []}
            # sudo: cards are the mechanism's own, whoever writes the record
            precommit.add(self.sudo()._treat_waiting)
        waiting = precommit.data[WAITING]
        waiting["changed"].setdefault(records._name, set()).update(records.ids)
        if new:
            # plain values: a test case copies what waits
            waiting["new"].append((records._name, records.ids, self.env.uid))

    @api.model
    def _treat_waiting(self):
        created = self._refresh_waiting()
        self.env.cr.precommit.data.pop(WAITING, None)
        for name, ids, uid in created:
            # sudo: as in _wait; the words are those of who created the records
            records = self.env[name].with_user(uid).sudo().browse(ids)
            records.env["crm.duplicate.known"]._note_known(records)

    @api.model
    def _refresh_waiting(self):
        """Refresh the cards of what changed in this transaction.

        :return: what was created: (model, ids, user id)
        """
        waiting = self.env.cr.precommit.data.get(WAITING)
        if not waiting:
            return []
        changed, waiting["changed"] = waiting["changed"], {}
        created, waiting["new"] = waiting["new"], []
        for name, ids in changed.items():
            self._refresh(self.env[name].browse(sorted(ids)))
        return created

    @api.model
    def _refresh_now(self):
        """Let a search see what this transaction changed; notes come at its end."""
        waiting = self.env.cr.precommit.data.get(WAITING)
        if waiting:
            created = waiting["new"]
            waiting["new"] = []
            self._refresh_waiting()
            waiting["new"] = created

    @api.model
    def _refresh(self, records):
        """Write the cards of these records where what they say changed."""
        field = FIELDS[records._name]
        records = records.sudo().exists()  # sudo: as in _wait
        wanted = {
            (record.id, is_own): (record, card)
            for record in records
            for is_own, card in record._crm_to_cards()
        }
        known = self._read_known(field, records.ids)
        same = {
            key
            for key, (record, card) in wanted.items()
            if known.get(key, [0])[1:] == [card.to_json(), record.company_id.id or None]
        }
        gone = [known[key][0] for key in known.keys() - same]
        self._drop(gone)
        self._insert(field, {key: wanted[key] for key in wanted.keys() - same})
        left = set(records.ids) - {id_ for id_, _own in wanted}
        self.env["crm.duplicate.pair"]._forget(field, left)

    def _read_known(self, field, ids):
        """{(record id, own): [card id, content, company id]} of cards as they stand."""
        rows = self.env.execute_query(
            SQL(
                """SELECT %(field)s, is_own, id, content, company_id
                     FROM crm_duplicate_card WHERE %(field)s = ANY(%(ids)s)""",
                field=SQL.identifier(field),
                ids=list(ids),
            )
        )
        return {(row[0], row[1]): [row[2], row[3] or {}, row[4]] for row in rows}

    def _drop(self, ids):
        self.env.cr.execute(
            "DELETE FROM crm_duplicate_card WHERE id = ANY(%s)", [list(ids)]
        )

    def _insert(self, field, wanted):
        """Add cards and their keys, each kind in one statement."""
        if not wanted:
            return
        cards = self.create(
            [
                {
                    field: record.id,
                    "company_id": record.company_id.id,
                    "is_own": is_own,
                    "title": card.name or card.company,
                    "content": card.to_json(),
                    "is_pending": True,
                }
                for (_id, is_own), (record, card) in sorted(
                    wanted.items(), key=lambda item: item[0]
                )
            ]
        )
        own = SCOPES["crm.lead" if field == "lead_id" else "res.partner"]
        rows = [
            (it.id, f"{own if it.is_own else FIRM_SCOPE}|{key}")
            for it in cards
            for key in sorted(keys(it._to_card()))
        ]
        self.env["crm.duplicate.key"]._insert(rows)

    # ------------------------------------------------------------------ facts
    @api.model
    def _make_card(self, record):
        """The card of one lead or contact, new ones of a form too."""
        country = record.country_id or record.company_id.country_id
        country = country or self.env.company.country_id
        return make_card(record._crm_to_facts(), country.code or "FR")
