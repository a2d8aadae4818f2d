from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.dunning import Step


class CrmDunningRule(models.Model):
    """One step when money does not come: what is done, for whom, after how many days.

    Days count from the first failed charge or, for an invoice without stored payment
    method, from its due date. Each step is done once an invoice (crm.dunning.step).
    """

    _name = "crm.dunning.rule"
    _description = "Dunning step"
    _order = "case, delay_days, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    case = fields.Selection(
        [
            ("failed", "A charge failed"),
            ("unpaid", "An invoice without stored payment method is overdue"),
        ],
        string="When",
        required=True,
        default="unpaid",
    )
    delay_days = fields.Integer(string="Days after", required=True, aggregator=None)
    action = fields.Selection(
        [
            ("retry", "Charge again"),
            ("mail", "Write to the customer"),
            ("activity", "Activity for the salesperson"),
            ("suspend", "Suspend the service"),
        ],
        required=True,
        default="mail",
    )
    plan_ids = fields.Many2many(
        "crm.subscription.plan", string="Only plans", help="Empty: whatever the plan."
    )
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        domain=[("model", "=", "account.move")],
        ondelete="restrict",
        help="Sent in the customer's language.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain=[("res_model", "in", (False, "crm.subscription"))],
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain=[("share", "=", False)],
        help="Empty: the salesperson of the subscription.",
    )

    _delay_positive = models.Constraint(
        "CHECK (delay_days BETWEEN 0 AND 3650)",
        "Days after: enter a number from 0 to 3650.",
    )

    @api.constrains("action", "case", "template_id")
    def _check_action(self):
        for rule in self:
            if rule.action == "mail" and not rule.template_id:
                raise ValidationError(
                    self.env._(
                        "E-mail: choose what is sent by %(name)s.", name=rule.name
                    )
                )
            if rule.action == "retry" and rule.case != "failed":
                raise ValidationError(
                    self.env._(
                        "When: only a charge that failed is tried again (%(name)s).",
                        name=rule.name,
                    )
                )

    def _to_steps(self):
        return [Step(rule.id, rule.action, rule.delay_days) for rule in self]

    def _filter_for(self, move, case):
        """The rules that bear on an invoice."""
        plans = move._crm_get_subscriptions().plan_id
        return self.filtered(
            lambda rule: (
                rule.case == case
                and rule.company_id in (move.company_id, self.env["res.company"])
                and (not rule.plan_ids or rule.plan_ids & plans)
            )
        )
