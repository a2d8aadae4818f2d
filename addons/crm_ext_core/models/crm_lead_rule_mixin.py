from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmLeadRuleMixin(models.AbstractModel):
    """A rule on the leads of a domain; rules are cached, a change clears the cache."""

    _name = "crm.lead.rule.mixin"
    _description = "Rule on leads"

    _cached_fields = frozenset({"active", "domain"})

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    domain = fields.Char(string="Only these leads", default="[]")

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                rule._lead_domain().validate(self.env["crm.lead"])
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "The criteria of rule %(rule)s cannot be read: %(error)s",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & self._cached_fields:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _lead_domain(self):
        return Domain(literal_eval(self.domain or "[]"))
