from odoo import api, fields, models

PLACE = frozenset({"stage_id", "active", "type"})


class CrmLead(models.Model):
    """Each stay of an opportunity in a stage is noted, whoever moves it and however."""

    _inherit = "crm.lead"

    crm_passage_ids = fields.One2many(
        "crm.stage.passage", "lead_id", string="Stage times", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._crm_moved({}, leads._crm_get_places())
        return leads

    def write(self, vals):
        if not (self and vals.keys() & PLACE):
            return super().write(vals)
        # sudo: the stays are written for whoever moves the card
        self.env["crm.stage.passage"].sudo()._ensure(self._crm_flush_places())
        before = self._crm_get_places()
        result = super().write(vals)
        self._crm_moved(before, self._crm_get_places())
        return result

    def _crm_get_places(self):
        """{lead id: id of the stage it stands in}; 0 for a lead that is no opportunity,
        or lost, or archived."""
        # sudo: who gives a card away may not read it any more
        return {
            lead.id: lead.stage_id.id
            if lead.active and lead.type == "opportunity"
            else 0
            for lead in self.sudo()
        }

    def _crm_moved(self, before, after):
        """Extension point: note where the cards went.

        :param before: {lead id: stage id} as given by _crm_get_places
        """
        moved = self.filtered(lambda lead: before.get(lead.id, 0) != after[lead.id])
        if moved:
            passages = self.env["crm.stage.passage"].sudo()  # sudo: as in write
            passages._move(moved._crm_flush_places(), fields.Datetime.now())
        return moved

    def _crm_flush_places(self):
        self.flush_recordset(
            [*PLACE, "team_id", "user_id", "company_id", "date_last_stage_update"]
        )
        return self
