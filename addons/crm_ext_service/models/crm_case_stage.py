from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCaseStage(models.Model):
    """A column of the cases' board; its kind says what it means for time and queues."""

    _name = "crm.case.stage"
    _description = "Case stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(string="Folded in kanban")
    kind = fields.Selection(
        [
            ("new", "New"),
            ("progress", "In progress"),
            ("waiting", "Waiting for the customer"),
            ("closed", "Closed"),
        ],
        string="Meaning",
        required=True,
        default="progress",
        help="New: nobody works on it yet. In progress: a picked or reopened case "
        "comes here. Waiting: until the customer answers. Closed: the time is deducted "
        "from the hour books.",
    )
    is_closed = fields.Boolean(
        string="Closing stage", compute="_compute_is_closed", store=True
    )
    team_ids = fields.Many2many(
        "crm.case.team", string="Teams", help="Leave empty for a stage of all teams."
    )
    description = fields.Text(translate=True)

    @api.depends("kind")
    def _compute_is_closed(self):
        for stage in self:
            stage.is_closed = stage.kind == "closed"

    def write(self, vals):
        if "kind" in vals:
            self._check_kind_is_free(vals["kind"])
        return super().write(vals)

    def _check_kind_is_free(self, kind):
        """Opening or closing a stage would close its cases without counting hours."""
        changed = self.filtered(lambda stage: (kind == "closed") != stage.is_closed)
        # sudo: the cases of other companies count too
        if changed and self.env["crm.case"].sudo().search_count(
            [("stage_id", "in", changed.ids)], limit=1
        ):
            raise ValidationError(
                self.env._(
                    "Move the cases of this stage before you change its meaning."
                )
            )

    @api.model
    def _find(self, team, *kinds):
        """The team's first stage of the first of these kinds that it uses."""
        usable = self.search(
            [
                ("kind", "in", kinds),
                "|",
                ("team_ids", "=", False),
                ("team_ids", "in", team.ids),
            ]
        )
        return usable.sorted(lambda stage: kinds.index(stage.kind))[:1]
