from odoo import api, fields, models

from ..tools.index_period import last_due, period_label
from .crm_price_index_intake import LATE_ACTIVITY


class CrmPriceIndex(models.Model):
    """A value that is late raises an activity; nothing stands in for it."""

    _inherit = "crm.price.index"

    @api.model
    def _cron_ask_late_values(self):
        """Ask for each value that should be out by now."""
        today = fields.Date.context_today(self)
        self.search([("publication_days", ">", 0)])._ask_late_values(today)

    def _ask_late_values(self, today):
        asked = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(LATE_ACTIVITY)
        )
        busy = self.browse(asked.mapped("res_id"))
        for index in self - busy:
            month = last_due(today, index.period, index.publication_days)
            if index._is_expected(month):
                index._ask_value(month, today)

    def _is_expected(self, month):
        """Whether the series still runs then and has no value so recent."""
        running = not self.active_to or month <= self.active_to
        return running and (not self.last_month or self.last_month < month)

    def _ask_value(self, month, today):
        self.activity_schedule(
            LATE_ACTIVITY,
            date_deadline=today,
            summary=self.env._(
                "%(index)s: enter the value of %(month)s",
                index=self.code,
                month=period_label(month, self.period),
            ),
            user_id=self._get_keeper().id,
        )

    def _get_keeper(self):
        """Who keeps the series: the person named, or who confirmed or entered last."""
        last = self.value_ids.sorted("id")[-1:]
        keepers = self.user_id | self.verified_by | last.entered_by
        return keepers.filtered("active")[:1] or self.env.user

    def _close_late_activities(self):
        self.activity_feedback([LATE_ACTIVITY])
