from odoo import api, fields, models
from odoo.fields import Domain


class CrmSegmentedMixin(models.AbstractModel):
    """A record that segments hold: shown on it, searched by it."""

    _name = "crm.segmented.mixin"
    _description = "Record of segments"

    crm_segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        compute="_compute_crm_segment_ids",
        search="_search_crm_segment_ids",
        help="As of the last refresh of each segment.",
    )

    def _compute_crm_segment_ids(self):
        """The segments whose members were told to hold the record."""
        members = self.env["crm.segment.member"]
        if not members.has_access("read"):
            self.crm_segment_ids = False
            return
        held = dict(
            members._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self._origin.ids),
                    ("left_at", "=", False),
                ],
                ["res_id"],
                ["segment_id:recordset"],
            )
        )
        for record in self:
            segments = held.get(record._origin.id, self.env["crm.segment"])
            record.crm_segment_ids = segments.filtered("active")

    @api.model
    def _search_crm_segment_ids(self, operator, value):
        """A dynamic segment is searched by its criteria, so the answer is of now."""
        if operator != "in":
            return NotImplemented
        segments = self.env["crm.segment"].with_context(active_test=False)
        if any(isinstance(item, str) for item in value):
            found = segments.search([("name", "in", list(value))])
        else:
            found = segments.search([("id", "in", [id_ for id_ in value if id_])])
        return Domain.OR(
            segment._criteria_domain(self._name)
            if segment.kind == "dynamic"
            else segment._get_members_domain(self._name)
            for segment in found
            if self._name in segment._get_models()
        )
