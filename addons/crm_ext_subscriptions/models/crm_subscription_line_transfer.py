from odoo import models

from .crm_subscription_amend_transfer import HISTORY_FIELDS


class CrmSubscriptionLine(models.Model):
    """A line that goes on in another subscription."""

    _inherit = "crm.subscription.line"

    def _prepare_transferred(self, change):
        """The same line from a day on; its taxes are the new customer's."""
        self.ensure_one()
        (vals,) = self.copy_data()
        vals.pop("subscription_id", None)
        if self.display_type:
            return vals
        vals.pop("tax_ids", None)
        first = max(change.effective_date, self._get_first_day())
        return vals | {"date_from": first}

    def _prepare_replanned(self, change, rate):
        """The same line at the price of another frequency.

        :param rate: how many old periods a new one lasts
        """
        self.ensure_one()
        (vals,) = self.copy_data()
        vals.pop("subscription_id", None)
        if self.display_type:
            return vals
        terms = self._get_version_at(change.effective_date) or self.version_ids[:1]
        if self.line_type == "usage":
            # a unit costs what it did, however often it is billed
            vals["usage_price_id"], rate = terms.usage_price_id.id, 1.0
        return vals | {
            "date_from": False,
            "quantity": terms.standing_quantity if terms.stop else terms.quantity,
            "price_unit": terms.price_unit * rate,
            "discount": terms.discount,
            "free_periods": 0,
            "discount_periods": 0,
        }

    def _copy_history(self, pairs, change):
        """The dated terms go along, those of the past for the cents of a period that
        both subscriptions share, those to come because they were agreed."""
        # sudo: versions are history, no user writes them directly
        versions = self.env["crm.subscription.line.version"].sudo()
        versions.create(
            [
                {
                    name: version._fields[name].convert_to_write(version[name], version)
                    for name in HISTORY_FIELDS
                }
                | {
                    "line_id": new.id,
                    "change_id": change.id,
                    "entered_by": self.env.uid,
                }
                for old, new in pairs
                for version in old.version_ids.sorted(
                    lambda one: (one.date_from, one.id)
                )
                if version.change_id != change
            ]
        )
