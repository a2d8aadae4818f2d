from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .crm_criterion_mixin import BRIDGES


class CrmSegment(models.Model):
    """Why a record is in a segment or not: each criterion with what the record says."""

    _inherit = "crm.segment"

    @api.readonly
    def explain(self, res_model, res_id):
        """Why a record is in this segment or out of it.

        :param str res_model: "res.partner" or "crm.lead"
        :param int res_id: the record
        :return: ``{"inside": bool, "rows": [{"level", "label", "holds", "value"}]}``
        """
        self.ensure_one()
        self.check_access("read")
        if res_model not in BRIDGES:
            return {"inside": False, "rows": []}
        record = self.env[res_model].browse(res_id)
        record.check_access("read")
        if res_model not in self._get_models():
            return {"inside": False, "rows": []}
        return {
            "inside": self._holds(record, self._get_domain(res_model)),
            "rows": self._explain_rows(record, 0) if self.kind == "dynamic" else [],
        }

    def _explain_rows(self, record, level):
        rows = [self._explain_line(line, record, level) for line in self.criterion_ids]
        rows += self._explain_free(record, level)
        operations = dict(
            self.env["crm.segment.step"]
            ._fields["operation"]
            ._description_selection(self.env)
        )
        for step in self.step_ids.sorted("sequence"):
            alone = step.other_id._get_domain(record._name) if step.other_id else None
            if alone is None:
                alone = step._get_group_domain(record._name)
            label = f"{operations[step.operation]}: {step.summary}"
            rows.append(self._explain_row(label, record, alone, level))
            rows += [
                self._explain_line(line, record, level + 1)
                for line in step.criterion_ids
            ]
            if step.other_id.kind == "dynamic":
                rows += step.other_id._explain_rows(record, level + 1)
        return rows

    def _explain_line(self, line, record, level):
        criterion = line._get_criterion()
        label = criterion.label if criterion else line.code
        if line.negate:
            label = self.env._("not %(criterion)s", criterion=label)
        path = criterion and criterion.paths.get(record._name)
        domain = line._get_domain(record._name)
        return self._explain_row(label, record, domain, level, path)

    def _explain_free(self, record, level):
        """The conditions of the free domain, one by one."""
        free = self._read_free_domain()
        if record._name != self._get_models()[0] and not free.is_true():
            free = Domain(BRIDGES[record._name], "any", free)
        for condition in free.iter_conditions():
            path = condition.field_expr
            field = record._fields[path.partition(".")[0]]
            label = field._description_string(self.env)
            yield self._explain_row(
                f"{label} {condition.operator} {condition.value}",
                record,
                condition,
                level,
                path,
            )

    def _explain_row(self, label, record, domain, level, path=None):
        return {
            "level": level,
            "label": label,
            "holds": self._holds(record, domain),
            "value": self._show_value(record, path) if path else "",
        }

    @api.model
    def _holds(self, record, domain):
        return bool(record.search_count(domain & Domain("id", "=", record.id)))

    @api.model
    def _show_value(self, record, path):
        """What the record says, as far as the reader may read it."""
        try:
            found = record.mapped(path)
            if isinstance(found, models.BaseModel):
                return ", ".join(found[:5].mapped("display_name")) or "—"
        except (AccessError, KeyError):
            return "—"
        names = path.split(".")
        holder = record.mapped(".".join(names[:-1])) if names[1:] else record
        field = holder._fields[names[-1]]
        shown = [field.convert_to_export(value, holder[:1]) for value in found if value]
        return ", ".join(map(str, shown[:5])) or "—"
