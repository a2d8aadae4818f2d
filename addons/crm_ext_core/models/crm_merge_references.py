from dataclasses import dataclass

import psycopg2

from odoo import api, models
from odoo.tools import SQL, mute_logger

# the identity of a record, not a thing that belongs to it
STAYS = {"ir.model.data"}
MODEL_NAMES = ("res_model", "model")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column whose rows point to records of a model.

    `kind` is many2one, many2many (`key` is then the other column), generic
    (`model_field` holds the model's name) or reference.
    """

    kind: str
    model: str
    table: str
    column: str
    key: str = "id"
    model_field: str = ""


class CrmMergeReferences(models.AbstractModel):
    """Everything that points to a record, found in the registry, moved and moved back.

    A row that cannot move, because the record that stays has its like (a follower, a
    tag), stays where it is. A model whose rows tell what a record was, such as its past
    score, sets `_crm_stays_on_merge`.
    """

    _name = "crm.merge.references"
    _description = "References moved by a merge"

    @api.model
    def _get_pointers(self, name):
        """The pointers to a model, in a stable order."""
        found = {}
        for model in self.env.registry.values():
            if self._holds_references(model):
                for field in model._fields.values():
                    pointer = self._to_pointer(model, field, name)
                    if pointer:
                        found[pointer.table, pointer.column] = pointer
        return [found[key] for key in sorted(found)]

    def _holds_references(self, model):
        return (
            not model._abstract
            and not model._transient
            and model._auto
            and model._name not in STAYS
            and not getattr(model, "_crm_stays_on_merge", False)
        )

    def _to_pointer(self, model, field, name):
        if not field.store or field.inherited or field.company_dependent:
            return None
        if field.type == "many2one" and field.comodel_name == name:
            # a stored related follows its source
            if field.related:
                return None
            return Pointer("many2one", model._name, model._table, field.name)
        if field.type == "many2many" and name in (field.comodel_name, model._name):
            return self._to_relation(model, field, name)
        if field.type == "reference" and not field.compute:
            return Pointer("reference", model._name, model._table, field.name)
        if field.type == "many2one_reference" or field.name == "res_id":
            return self._to_generic(model, field)
        return None

    def _to_relation(self, model, field, name):
        """The side of a relation's table that points to the model."""
        other = self.env.registry[field.comodel_name]
        if not (self._holds_references(other) or other._name == name):
            return None
        own, far = field.column1, field.column2
        if model._name != name:
            own, far = far, own
        return Pointer("many2many", model._name, field.relation, own, key=far)

    def _to_generic(self, model, field):
        names = [getattr(field, "model_field", None), *MODEL_NAMES]
        for model_field in filter(None, names):
            holder = model._fields.get(model_field)
            if holder and holder.store and holder.type in ("char", "selection"):
                return Pointer(
                    "generic",
                    model._name,
                    model._table,
                    field.name,
                    model_field=model_field,
                )
        return None

    # ------------------------------------------------------------------ SQL
    def _parts(self, pointer, name, id_):
        """The condition that a row points to a record, and the value that does."""
        column = SQL.identifier(pointer.column)
        value = f"{name},{id_}" if pointer.kind == "reference" else id_
        where = SQL("%s = %s", column, value)
        if pointer.kind == "generic":
            where = SQL(
                "%s AND %s = %s", where, SQL.identifier(pointer.model_field), name
            )
        return where, value

    def _read_keys(self, pointer, name, id_):
        where, _value = self._parts(pointer, name, id_)
        query = SQL(
            "SELECT %s FROM %s WHERE %s ORDER BY 1",
            SQL.identifier(pointer.key),
            SQL.identifier(pointer.table),
            where,
        )
        return [key for (key,) in self.env.execute_query(query)]

    @api.model
    def _move(self, pointer, name, keys, source, target):
        """Point rows from one record to another; gives the keys of those that moved.

        A row that points elsewhere by now, or that would be there twice, does not move.
        """
        if not keys:
            return []
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self._update(pointer, name, keys, source, target)
        except psycopg2.IntegrityError:
            if len(keys) == 1:
                return []
        halves = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        return [
            key
            for half in halves
            for key in self._move(pointer, name, half, source, target)
        ]

    def _update(self, pointer, name, keys, source, target):
        where, _value = self._parts(pointer, name, source)
        _where, value = self._parts(pointer, name, target)
        rows = self.env.execute_query(
            SQL(
                "UPDATE %s SET %s = %s WHERE %s AND %s = ANY(%s) RETURNING %s",
                SQL.identifier(pointer.table),
                SQL.identifier(pointer.column),
                value,
                where,
                SQL.identifier(pointer.key),
                list(keys),
                SQL.identifier(pointer.key),
            )
        )
        return sorted(key for (key,) in rows)

    @api.model
    def _tell_moved(self, pointer, keys):
        """Let what is stored of moved rows be computed anew."""
        if keys and pointer.kind != "many2many":
            rows = self.env[pointer.model].browse(keys)
            rows.invalidate_recordset([pointer.column])
            rows.modified([pointer.column])

    @api.model
    def _label(self, pointer):
        """What the rows are, in the user's words."""
        if pointer.kind == "many2many":
            model = self.env[pointer.model]
            for field in model._fields.values():
                if field.type == "many2many" and field.relation == pointer.table:
                    return field._description_string(self.env)
        return self.env["ir.model"]._get(pointer.model).name or pointer.model
