from odoo import fields, models


class CrmSubscriptionLineVersion(models.Model):
    """Terms restored by an undo say which revision they take back."""

    _inherit = "crm.subscription.line.version"

    undone_revision_id = fields.Many2one(
        "crm.price.revision",
        string="Takes back",
        ondelete="restrict",
        index="btree_not_null",
    )

    def _is_made_by(self, revision):
        """Whether the revision wrote these terms, rather than an undo of another."""
        return self.price_revision_id == revision and not self.undone_revision_id
