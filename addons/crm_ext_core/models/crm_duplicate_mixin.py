from odoo import api, fields, models


class CrmDuplicateMixin(models.AbstractModel):
    """A record that may exist twice: a lead or a contact.

    Heirs say what is compared (`_crm_to_facts`), which fields it is read from
    (`_crm_fact_fields`), whether the record counts (`_crm_is_compared`) and who
    handles it (`_crm_get_handler`).
    """

    _name = "crm.duplicate.mixin"
    _description = "Record that may exist twice"

    crm_known_note = fields.Html(
        string="Already handled",
        compute="_compute_crm_known_note",
        sanitize=False,
        help="Shown while a record is created: who handles the same person or company.",
    )
    crm_duplicate_count = fields.Integer(
        string="Likely duplicates", compute="_compute_crm_duplicate_count"
    )

    @api.model
    def _crm_fact_fields(self):
        return set()

    def _crm_to_facts(self):
        return {}

    def _crm_is_compared(self):
        return False

    def _crm_get_handler(self):
        return self.env["res.users"]

    def _crm_to_cards(self):
        """[(whether it is the record itself, card)]; none when it is not compared."""
        self.ensure_one()
        if not self._crm_is_compared():
            return []
        card = self.env["crm.duplicate.card"]._make_card(self)
        firm = self._name == "crm.lead" and card.firm()
        return [(True, card)] + ([(False, firm)] if firm else [])

    @api.depends(lambda self: sorted(self._crm_fact_fields()))
    @api.depends_context("uid", "lang")
    def _compute_crm_known_note(self):
        known = self.env["crm.duplicate.known"]
        told = self.env["crm.duplicate.pair"].has_access("read")
        for record in self:
            # a record that exists has its queue of duplicates; this is for a new one
            asked = told and not record._origin
            record.crm_known_note = known._describe(record) if asked else False

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_duplicate_count(self):
        counts = self.env["crm.duplicate.pair"]._count_open(self)
        for record in self:
            record.crm_duplicate_count = counts.get(record.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["crm.duplicate.card"]._wait(records, new=True)
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & self._crm_fact_fields():
            self.env["crm.duplicate.card"]._wait(self)
        return result

    def action_crm_open_duplicates(self):
        """The queue, for this record."""
        self.ensure_one()
        return self.env["crm.duplicate.pair"]._open_for(self)
