from odoo import api, models

TECHNICAL_FIELDS = frozenset({"id", "display_name", "create_date", "write_date"})


class CrmPortalMixin(models.AbstractModel):
    """A model that customers read: field by field, by an allow-list.

    What is not in `_portal_fields` is closed to them by page, search, group, order and
    RPC alike, and so is every field that an addon adds later. Nothing is writable: the
    controllers write through methods that check what they are given.
    """

    _name = "crm.portal.mixin"
    _description = "Read by customers"

    _portal_fields = frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if self.env.su or self.env.user._is_internal():
            return True
        allowed = self._portal_fields | TECHNICAL_FIELDS
        return operation == "read" and field.name in allowed
