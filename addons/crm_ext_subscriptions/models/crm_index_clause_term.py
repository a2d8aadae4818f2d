from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmIndexClauseTerm(models.Model):
    """One more index of a clause, with its weight in the price.

    The clause's own index has the weight that the fixed part and these leave, so that
    all parts make one.
    """

    _name = "crm.index.clause.term"
    _description = "Weighted index of a clause"
    _order = "clause_id, sequence, id"

    clause_id = fields.Many2one(
        "crm.index.clause", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="clause_id.company_id", store=True)
    user_id = fields.Many2one(related="clause_id.user_id", store=True)
    sequence = fields.Integer(default=10)
    index_id = fields.Many2one("crm.price.index", required=True, ondelete="restrict")
    weight = fields.Float(digits=0, required=True, help="0.25 for a quarter.")
    s0_month = fields.Date(string="Month of S0", help="Any day of that month.")
    s0_value = fields.Float(
        string="Value of S0", digits=0, help="As printed in the contract."
    )
    mean_of = fields.Integer(
        string="Mean of periods",
        default=1,
        help="4: the mean of four periods, up to the one that the rule finds.",
    )

    _mean_of_valid = models.Constraint(
        "CHECK (mean_of BETWEEN 1 AND 24)",
        "Mean of periods: enter a number from 1 to 24.",
    )
    _index_once = models.Constraint(
        "UNIQUE (clause_id, index_id)", "An index stands once in a clause."
    )
    _weight_valid = models.Constraint(
        "CHECK (weight > 0 AND weight < 1)",
        "Weight: enter a number between 0 and 1, such as 0.25.",
    )

    @api.constrains("weight", "index_id", "s0_month")
    def _check_clause(self):
        for term in self:
            if term.index_id == term.clause_id.index_id:
                raise ValidationError(
                    self.env._(
                        "%(index)s is the clause's own index already.",
                        index=term.index_id.name,
                    )
                )
        self.clause_id._check_weights()
        self.clause_id._check_s0_month()
        self.clause_id._check_forbidden()
