from odoo import fields, models
from odoo.tools import SQL


class CrmSubscription(models.Model):
    """The price of a period, summed by PostgreSQL for kanban columns and pivots.

    The amount moves with the date by itself (dated terms), so no column can hold it.
    """

    _inherit = "crm.subscription"

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "amount_period":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        self.env["crm.subscription.line"].flush_model()
        self.env["crm.subscription.line.version"].flush_model()
        return SQL(
            """(SELECT SUM(COALESCE(terms.quantity, line.quantity)
                       * COALESCE(terms.price_unit, line.price_unit)
                       * (1 - COALESCE(terms.discount, line.discount, 0) / 100))
                       / CASE WHEN %(basis)s = 'total' AND %(instalments)s > 0
                              THEN %(instalments)s ELSE 1 END
                  FROM crm_subscription_line line
             LEFT JOIN LATERAL (
                       SELECT quantity, price_unit, discount
                         FROM crm_subscription_line_version version
                        WHERE version.line_id = line.id
                     ORDER BY version.date_from <= %(today)s DESC,
                              version.date_from DESC, version.id DESC
                        LIMIT 1) terms ON true
                 WHERE line.subscription_id = %(subscription)s
                   AND line.line_type = 'recurring' AND line.display_type IS NULL)""",
            basis=SQL.identifier(alias, "price_basis"),
            instalments=SQL.identifier(alias, "instalments"),
            subscription=SQL.identifier(alias, "id"),
            today=fields.Date.context_today(self),
        )
