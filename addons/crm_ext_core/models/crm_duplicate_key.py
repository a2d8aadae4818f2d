from odoo import api, fields, models


class CrmDuplicateKey(models.Model):
    """A match key of a card: only cards that share one are compared."""

    _name = "crm.duplicate.key"
    _description = "Match key"
    _log_access = False

    card_id = fields.Many2one("crm.duplicate.card", required=True, ondelete="cascade")
    value = fields.Char(required=True)

    _value_idx = models.Index("(value, card_id)")
    # for the cascade alone; a btree would tempt the planner to walk all cards in order
    # for each key, on a table that has just grown
    _card_idx = models.Index("USING hash (card_id)")

    @api.model
    def _insert(self, rows):
        """Add (card id, value) rows in one statement."""
        self.env.cr.execute(
            """INSERT INTO crm_duplicate_key (card_id, value)
               SELECT * FROM unnest(%s::integer[], %s::varchar[])""",
            [[card for card, _value in rows], [value for _card, value in rows]],
        )
