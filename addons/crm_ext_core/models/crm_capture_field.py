from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.capture import FieldSpec
from .capture_words import write_in_each_language

TARGETS = [
    ("contact_name", "Name"),
    ("partner_name", "Company"),
    ("email_from", "E-mail"),
    ("phone", "Phone"),
    ("function", "Function"),
    ("street", "Street"),
    ("zip", "Postcode"),
    ("city", "City"),
    ("website", "Website"),
    ("name", "Subject"),
    ("description", "Message"),
    ("file", "File"),
    ("opt_in", "Newsletter"),
    ("other", "Other question"),
]
KIND_OF_TARGET = {
    "email_from": "email",
    "phone": "phone",
    "description": "text",
    "file": "file",
    "opt_in": "check",
}


class CrmCaptureField(models.Model):
    """One field of a capture form and what of the lead it fills."""

    _name = "crm.capture.field"
    _description = "Field of a capture form"
    _order = "sequence, id"

    form_id = fields.Many2one(
        "crm.capture.form", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    target = fields.Selection(TARGETS, string="Fills", required=True)
    label = fields.Char(
        translate=True,
        compute="_compute_label",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    kind = fields.Selection(
        [
            ("line", "Line"),
            ("text", "Text"),
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("choice", "Choice"),
            ("check", "Box"),
            ("file", "File"),
        ],
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    required = fields.Boolean()
    choices = fields.Text(translate=True, help="One a line.")
    help_text = fields.Char(string="Help", translate=True)

    _target_once = models.UniqueIndex(
        "(form_id, target) WHERE target <> 'other'",
        "Each piece of the lead is asked once.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        captured = super().create(vals_list)
        write_in_each_language(captured, "label", CrmCaptureField._get_default_label)
        return captured

    def _get_default_label(self):
        labels = dict(self._fields["target"]._description_selection(self.env))
        return labels.get(self.target)

    @api.depends("target")
    def _compute_label(self):
        for field in self:
            field.label = field.label or field._get_default_label()

    @api.depends("target")
    def _compute_kind(self):
        for field in self:
            fixed = KIND_OF_TARGET.get(field.target)
            field.kind = fixed or field.kind or "line"

    @api.constrains("kind", "choices", "target")
    def _check_kind(self):
        for field in self:
            if field.kind == "choice" and not field._get_choices():
                raise ValidationError(
                    self.env._(
                        "Choices: enter what %(field)s offers, one a line.",
                        field=field.label,
                    )
                )
            if (field.kind == "file") != (field.target == "file"):
                raise ValidationError(
                    self.env._(
                        "%(field)s: only a file is sent as a file.", field=field.label
                    )
                )

    def _get_key(self):
        """The name of the field in a post; stable, whatever the label becomes."""
        return f"other_{self.id}" if self.target == "other" else self.target

    def _get_choices(self):
        return tuple(
            line.strip() for line in (self.choices or "").splitlines() if line.strip()
        )

    def _to_spec(self):
        return FieldSpec(self._get_key(), self.kind, self.required, self._get_choices())
