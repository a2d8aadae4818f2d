from odoo import api, fields, models


class CrmBillingPeriod(models.Model):
    """Opening rows: days billed elsewhere before the subscription came here."""

    _inherit = "crm.billing.period"

    is_opening = fields.Boolean(
        string="Opening",
        readonly=True,
        help="Billed elsewhere, before the subscription was entered here.",
    )

    @api.model
    def _open_ledger(self, opened):
        """Write an opening row for each line that was billed until a day elsewhere.

        :param list opened: (line, last day billed or nothing)
        """
        self._check_guarded()
        # sudo: users never write the ledger, see the access rights
        return self.sudo().create(
            [
                self._prepare_opening(line, until)
                for line, until in opened
                if until and not line.display_type and until >= line._get_first_day()
            ]
        )

    def _prepare_opening(self, line, until):
        first = line._get_first_day()
        days = (until - first).days + 1
        return {
            "subscription_id": line.subscription_id.id,
            "line_id": line.id,
            "version_id": line._get_version_at(first).id,
            "kind": "one_off" if line.line_type == "once" else "recurring",
            "date_from": first,
            "date_to": until,
            "due_date": until,
            "days": days,
            "whole_days": days,
            "quantity": 0.0,
            "price_unit": 0.0,
            "discount": 0.0,
            "amount": 0.0,
            "is_opening": True,
        }
