from odoo import fields, models

REGULARISE_ACTIVITY = "crm_ext_subscriptions.mail_activity_type_regularise"


class CrmPriceIndex(models.Model):
    """Prices that a value of the series calls to be regularised."""

    _inherit = "crm.price.index"

    def _ask_regularisation(self):
        """A task for whoever keeps the series, once."""
        # sudo: a proposal is counted whatever the company it is of
        proposed = self.env["crm.price.revision"].sudo()
        for index in self:
            count = proposed.search_count(
                [
                    ("regularises_id", "!=", False),
                    ("state", "in", ("draft", "approved")),
                    ("value_ids.index_id", "=", index.id),
                ]
            )
            index.activity_unlink([REGULARISE_ACTIVITY])
            if count:
                index.activity_schedule(
                    REGULARISE_ACTIVITY,
                    date_deadline=fields.Date.context_today(index),
                    summary=self.env._(
                        "%(index)s: price revisions to regularise: %(count)s",
                        index=index.code,
                        count=count,
                    ),
                    user_id=index._get_keeper().id,
                )
