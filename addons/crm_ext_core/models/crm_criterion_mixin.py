from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.hooks import CriterionValue

# how a criterion written for one model serves the other
BRIDGES = {"crm.lead": "partner_id", "res.partner": "opportunity_ids"}


class CrmCriterionMixin(models.AbstractModel):
    """A ready-made criterion of crm.hooks, the value chosen for it, or its contrary."""

    _name = "crm.criterion.mixin"
    _description = "Ready-made criterion"

    code = fields.Selection(selection="_selection_code", string="Criterion")
    value = fields.Json()
    negate = fields.Boolean(string="Exclude")
    spec = fields.Json(compute="_compute_spec")

    @api.model
    def _selection_code(self):
        criteria = self.env["crm.hooks"]._segment_criteria()
        return [
            (code, f"{item.group} / {item.label}" if item.group else item.label)
            for code, item in criteria.items()
        ]

    @api.depends("code")
    def _compute_spec(self):
        """What the value's widget must ask for."""
        for line in self:
            criterion = line._get_criterion()
            line.spec = criterion and {
                "inputs": criterion.inputs,
                "comodel": criterion.comodel,
                "choices": criterion.choices,
            }

    @api.constrains("code", "value")
    def _check_value(self):
        for line in self:
            criterion = line._get_criterion()
            if criterion and not line._get_value().fills(criterion.inputs):
                raise ValidationError(
                    self.env._(
                        "Criterion %(criterion)s: choose at least one value.",
                        criterion=criterion.label,
                    )
                )

    def _get_criterion(self):
        return self.env["crm.hooks"]._segment_criteria().get(self.code)

    def _get_value(self):
        return CriterionValue.from_json(self.value)

    def _get_domain(self, model):
        """The criterion's domain on a model; one whose addon is gone lets nothing
        through, one without a value yet says nothing."""
        criterion = self._get_criterion()
        if not criterion:
            return Domain.FALSE
        value = self._get_value()
        if not value.fills(criterion.inputs):
            return Domain.TRUE
        if model in criterion.models:
            domain = Domain(criterion.terms(self.env, model, value))
        else:
            terms = criterion.terms(self.env, criterion.models[0], value)
            domain = Domain(BRIDGES[model], "any", Domain(terms))
        return ~domain if self.negate else domain
