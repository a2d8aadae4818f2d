from odoo import fields, models


class CrmFunnelTrialLine(models.TransientModel):
    """What one rule would do to the card, or why it would not."""

    _name = "crm.funnel.trial.line"
    _description = "Line of a dry run"
    _order = "id"

    trial_id = fields.Many2one("crm.funnel.trial", required=True, ondelete="cascade")
    rule_id = fields.Many2one("crm.funnel.rule", required=True, ondelete="cascade")
    stage_id = fields.Many2one(related="rule_id.stage_id")
    outcome = fields.Selection(
        [
            ("fires", "Would act"),
            ("skips", "Would not act"),
            ("refuses", "Would refuse the move"),
            ("stops", "Would stop the chain"),
            ("fails", "Would fail"),
        ],
        required=True,
    )
    words = fields.Text(string="What and why")
