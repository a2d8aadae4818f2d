from odoo import api, models


class CrmMrrReport(models.TransientModel):
    """What the figures are called and how each is defined, once for every screen."""

    _inherit = "crm.mrr.report"

    @api.model
    def _get_figure_labels(self):
        env = self.env
        return {
            "mrr": env._("MRR"),
            "arr": env._("ARR"),
            "growth": env._("Growth"),
            "customers": env._("Paying customers"),
            "churn": env._("Customer churn"),
            "revenue_churn": env._("Revenue churn"),
            "retention": env._("Net revenue retention"),
            "arpa": env._("ARPA"),
            "lifetime_value": env._("Customer lifetime value"),
            "quick_ratio": env._("Quick ratio"),
        }

    @api.model
    def _get_figure_definitions(self):
        return self._get_state_definitions() | self._get_ratio_definitions()

    @api.model
    def _get_state_definitions(self):
        env = self.env
        return {
            "mrr": env._(
                "Monthly recurring revenue at the end of the last day: the untaxed "
                "price of the terms in force that day, brought to one month. Set-up "
                "fees and consumption are not in it; free months count as zero."
            ),
            "arr": env._("Annual recurring revenue: 12 times the MRR."),
            "growth": env._(
                "Change of MRR over the period, over the MRR at its start."
            ),
            "customers": env._("Customers with an MRR above zero on the last day."),
            "arpa": env._("Average revenue per account: MRR over paying customers."),
        }

    @api.model
    def _get_ratio_definitions(self):
        env = self.env
        return {
            "churn": env._(
                "Customers lost in the period over customers at its start. A customer "
                "is lost once nothing is left; one who is paused, goes on free of "
                "charge or under another customer is not lost."
            ),
            "revenue_churn": env._(
                "Gross: MRR that the customers of the start lost by churn and "
                "contraction, over their MRR at the start. Pauses are not in it."
            ),
            "retention": env._(
                "What the MRR of the customers of the start became, expansion, pause "
                "and contracts taken over included, over what it was. New customers "
                "and exchange differences are left out."
            ),
            "lifetime_value": env._(
                "ARPA over the customer churn of one month, which is the churn of "
                "the period divided by its number of months."
            ),
            "quick_ratio": env._(
                "MRR gained (new, expansion, reactivation) over MRR lost (churn, "
                "contraction) in the period."
            ),
        }

    @api.model
    def _get_reasons(self):
        """Why there is no number."""
        env = self.env
        return {
            "no_customer_at_start": env._("No customer at the start of the period."),
            "no_mrr_at_start": env._("No MRR at the start of the period."),
            "no_paying_customer": env._("No paying customer on the last day."),
            "no_customer_lost": env._("No customer was lost: no end can be told."),
            "no_mrr_lost": env._("No MRR was lost in the period."),
        }

    @api.model
    def _get_step_labels(self):
        """{(kind, by a price revision): name} of the steps of a bridge."""
        kinds = self.env["crm.mrr.move"]._fields["kind"]
        labels = {
            (kind, revised): label
            for kind, label in kinds._description_selection(self.env)
            for revised in (False, True)
        }
        labels["expansion", True] = self.env._("Price revision, upwards")
        labels["contraction", True] = self.env._("Price revision, downwards")
        return labels
