from odoo import fields, models


class CrmCaseCategory(models.Model):
    """What a case is about, and its kind in the sense of ITIL (SE-20)."""

    _name = "crm.case.category"
    _description = "Case category"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    kind = fields.Selection(
        [("incident", "Incident"), ("request", "Request"), ("problem", "Problem")],
        required=True,
        default="incident",
    )
    team_id = fields.Many2one(
        "crm.case.team",
        index="btree_not_null",
        help="The team that usually handles it.",
    )

    _name_uniq = models.Constraint("UNIQUE(name)", "This category exists already.")
