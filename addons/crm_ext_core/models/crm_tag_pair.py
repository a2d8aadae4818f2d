from odoo import api, fields, models


class CrmTagPair(models.Model):
    """Two tags that look alike: merge them, or say that they differ."""

    _name = "crm.tag.pair"
    _description = "Near-duplicate tags"
    _order = "likeness desc, id"
    _rec_name = "tag_id"

    tag_id = fields.Many2one(
        "crm.tag", required=True, index=True, ondelete="cascade", readonly=True
    )
    other_id = fields.Many2one(
        "crm.tag",
        string="Looks like",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    likeness = fields.Float(readonly=True)
    tag_uses = fields.Integer(string="Records", related="tag_id.crm_use_count")
    other_uses = fields.Integer(
        string="Records of the other", related="other_id.crm_use_count"
    )
    is_ignored = fields.Boolean(string="Not the same")

    _once = models.Constraint(
        "UNIQUE(tag_id, other_id)", "These two tags are listed already."
    )

    @api.model
    def action_open_pairs(self):
        """Look for near-duplicates and list them."""
        self.check_access("write")
        self._rebuild()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_tag_pair_action"
        )

    @api.model
    def _rebuild(self):
        found = {
            (one, two): likeness
            for one, two, likeness in self.env["crm.tag"]._crm_near_pairs()
        }
        known = {(pair.tag_id.id, pair.other_id.id): pair for pair in self.search([])}
        gone = [pair.id for at, pair in known.items() if at not in found]
        self.browse(gone).unlink()
        self.create(
            [
                {"tag_id": one, "other_id": two, "likeness": likeness}
                for (one, two), likeness in found.items()
                if (one, two) not in known
            ]
        )

    def action_keep_first(self):
        for pair in self.exists():
            pair.other_id._crm_merge(pair.tag_id)

    def action_keep_other(self):
        for pair in self.exists():
            pair.tag_id._crm_merge(pair.other_id)

    def action_ignore(self):
        self.is_ignored = True
