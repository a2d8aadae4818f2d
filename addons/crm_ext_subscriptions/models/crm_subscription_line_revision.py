from odoo import models


class CrmSubscriptionLine(models.Model):
    """Revisions of the prices of lines, in bulk."""

    _inherit = "crm.subscription.line"

    def _revise_prices(self, day):
        """Make a draft revision of each line at a date."""
        subscriptions = self.subscription_id
        # an accountant revises what she only reads otherwise: she answers for indices
        accounts = self.env.user.has_group(
            "crm_ext_subscriptions.group_subscriptions_accountant"
        )
        subscriptions.check_access("read" if accounts else "write")
        engine = self.env["crm.price.revision"]
        clauses = {sub: sub._get_revision_clause(day) for sub in subscriptions}
        values = subscriptions.clause_ids._get_observations()
        vals_list = [
            engine._prepare_revision(line, clause, day, values[clause])
            for line in self
            for clause in [clauses[line.subscription_id]]
        ]
        # a revision cancelled just now must be so in the database's unique index too
        engine.flush_model(["state"])
        # a proof is written by the engine alone: users have no write access to it
        return engine.sudo().create(vals_list).sudo(False)
