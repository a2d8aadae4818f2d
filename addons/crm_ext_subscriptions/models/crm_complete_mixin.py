from odoo import models


class Complete:
    """In the context: the values of this creation are complete.

    Only code in this process can hold one: an RPC context cannot ask for the short way.
    It holds what the ORM would make anew for every record or amount.
    """

    def __init__(self):
        self.defaults = {}
        self.drafts = {}


class CrmCompleteMixin(models.AbstractModel):
    """Creates records whose values hold all that is computed of them.

    Without a Complete object in the context, everything is the ORM's ordinary way.
    """

    _name = "crm.complete.mixin"
    _description = "Created from complete values"

    def _crm_complete(self):
        complete = self.env.context.get("crm_complete")
        return complete if isinstance(complete, Complete) else None

    def _add_missing_default_values(self, values):
        """The defaults are those of the first record: they depend on no value."""
        complete = self._crm_complete()
        if not complete:
            return super()._add_missing_default_values(values)
        if self._name not in complete.defaults:
            defaults = super()._add_missing_default_values({})
            complete.defaults[self._name] = defaults
        return complete.defaults[self._name] | values

    def _add_precomputed_values(self, vals_list):
        """What would be computed beforehand is there, and was computed: no draft record
        to compute it on, no inverse method that would derive it again."""
        super()._add_precomputed_values(vals_list)
        if not self._crm_complete():
            return
        for vals in vals_list:
            given = [self._fields[name] for name in vals if name in self._fields]
            vals.setdefault("__precomputed__", set()).update(
                field for field in given if field.compute or field.inverse
            )

    def _create(self, data_list):
        """The stored values given are not computed once more after the insert."""
        if self._crm_complete():
            for data in data_list:
                data["protected"].update(
                    field
                    for name in data["stored"]
                    if (field := self._fields[name]).compute and field.store
                )
        return super()._create(data_list)

    def new(self, values=None, origin=None, ref=None):
        """The ORM makes a draft for each amount it inserts, to know its currency: one
        for all of them."""
        complete = self._crm_complete()
        name = next(iter(values or ()), None)
        if not complete or origin or ref or len(values or ()) != 1:
            return super().new(values, origin, ref)
        if self._fields[name].comodel_name != "res.currency":
            return super().new(values)
        key = (self._name, name, values[name])
        if key not in complete.drafts:
            complete.drafts[key] = super().new(values)
        return complete.drafts[key]
