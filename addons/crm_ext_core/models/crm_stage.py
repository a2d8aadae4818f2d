from odoo import fields, models


class CrmStage(models.Model):
    """The rules of a stage, from the stage."""

    _inherit = "crm.stage"

    crm_funnel_rule_ids = fields.One2many(
        "crm.funnel.rule", "stage_id", string="Funnel rules"
    )

    def _crm_is_before(self, other):
        """Whether a card that goes to the other stage moves forward."""
        return (self.sequence, self.id) < (other.sequence, other.id)
