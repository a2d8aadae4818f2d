from odoo import api, fields, models


class CrmDunningStep(models.Model):
    """What dunning did about an invoice: one row a rule, so nothing is repeated."""

    _name = "crm.dunning.step"
    _description = "Dunning step done"
    _order = "date desc, id desc"

    rule_id = fields.Many2one(
        "crm.dunning.rule", required=True, ondelete="restrict", index=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        ondelete="cascade",
        index=True,
    )
    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True)
    partner_id = fields.Many2one(
        related="move_id.partner_id", string="Customer", store=True
    )
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    action = fields.Selection(related="rule_id.action", store=True)
    date = fields.Date(required=True)
    skipped = fields.Boolean(help="A later step of the same kind was due already.")

    _once = models.Constraint(
        "UNIQUE (rule_id, move_id)", "This step was done already for this invoice."
    )

    @api.model
    def _log(self, rule, move, day, skipped=False):
        """Note a step before it is done, in its transaction."""
        # sudo: steps are written by dunning alone
        return self.sudo().create(
            {
                "rule_id": rule.id,
                "move_id": move.id,
                "subscription_id": move._crm_get_subscriptions()[:1].id,
                "date": day,
                "skipped": skipped,
            }
        )
