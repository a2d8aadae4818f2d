import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.import_rows import Column
from ..tools.normalise_text import clean_text

TARGET_MODELS = {"company": "res.partner", "contact": "res.partner", "lead": "crm.lead"}
TRANSFORM_BY_FIELD = {
    "email": "email",
    "email_from": "email",
    "phone": "phone",
    "zip": "postcode",
    "company_registry": "siret",
}
TRANSFORM_BY_TYPE = {
    "monetary": "amount",
    "float": "amount",
    "integer": "amount",
    "date": "date",
    "html": "lines",
    "text": "lines",
}
READABLE_TYPES = {"char", "selection", "boolean", "many2one", *TRANSFORM_BY_TYPE}
YES = ("1", "true", "yes", "oui", "vrai", "x")
NO = ("0", "false", "no", "non", "faux")


class CrmImportProfileLine(models.Model):
    """One correspondence: these columns of the file, read so, fill this field."""

    _name = "crm.import.profile.line"
    _description = "Import profile column"
    _order = "sequence, id"

    profile_id = fields.Many2one(
        "crm.import.profile", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    headers = fields.Char(
        string="Column of the file",
        help="Several names separated by | are tried in turn: E-mail|Mail|Courriel. "
        "Capitals, accents and punctuation do not count.",
    )
    target = fields.Selection(
        [("company", "Company"), ("contact", "Contact"), ("lead", "Lead")],
        string="Fills",
        required=True,
        default="contact",
    )
    model_name = fields.Char(compute="_compute_model_name")
    field_name = fields.Char(string="Field", required=True)
    transform = fields.Selection(
        [
            ("text", "Text"),
            ("lines", "Text of several lines"),
            ("name", "Name of a person"),
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("amount", "Amount"),
            ("date", "Date"),
            ("siret", "SIRET or SIREN"),
            ("postcode", "Postcode"),
        ],
        string="Read as",
        required=True,
        compute="_compute_transform",
        store=True,
        precompute=True,
        readonly=False,
    )
    required = fields.Boolean(help="A row without it goes to the reject file.")
    is_key = fields.Boolean(
        string="Recognises duplicates",
        help="E-mail of the contact, SIRET of the company: the same value is the same "
        "person or company.",
    )
    default_value = fields.Char(
        string="Value if empty",
        help="Fills the empty cells; without a column, it fills every row.",
    )
    create_missing = fields.Boolean(
        string="Create if unknown",
        help="For a field that points to other records: create the one named if it "
        "does not exist yet.",
    )
    value_table = fields.Text(
        string="Translation",
        help="One line a value: text in the file = text to import.",
    )

    @api.depends("target")
    def _compute_model_name(self):
        for line in self:
            line.model_name = TARGET_MODELS.get(line.target)

    @api.depends("target", "field_name")
    def _compute_transform(self):
        for line in self:
            field = line._get_field()
            by_type = TRANSFORM_BY_TYPE.get(
                field.type if field is not None else "", "text"
            )
            line.transform = TRANSFORM_BY_FIELD.get(line.field_name, by_type)
            if (line.target, line.field_name) == ("contact", "name"):
                line.transform = "name"

    def _get_field(self):
        model = self.env[TARGET_MODELS[self.target or "contact"]]
        return model._fields.get(self.field_name or "")

    @api.constrains("target", "field_name")
    def _check_field_name(self):
        for line in self:
            field = line._get_field()
            if field is None or field.type not in READABLE_TYPES or not field.store:
                raise ValidationError(
                    self.env._(
                        "A file cannot fill the field “%(field)s”. Choose a text, "
                        "number, date, choice or link field of the record itself.",
                        field=line.field_name,
                    )
                )

    @api.constrains("field_name", "headers", "default_value")
    def _check_has_source(self):
        for line in self:
            if not line._get_headers() and not line.default_value:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” needs a column of the file or a value.",
                        field=line.field_name,
                    )
                )

    @api.constrains("value_table")
    def _check_value_table(self):
        for line in self:
            for text in (line.value_table or "").splitlines():
                if text.strip() and "=" not in text:
                    raise ValidationError(
                        self.env._(
                            "Translation: “%(text)s” lacks its equal sign. Write one "
                            "line a value: text in the file = text to import.",
                            text=text,
                        )
                    )

    def _get_headers(self):
        return tuple(
            name.strip() for name in (self.headers or "").split("|") if name.strip()
        )

    def _to_column(self, choices=None):
        """The line as a value; `choices` as _get_choices gives them."""
        self.ensure_one()
        return Column(
            target=self.target,
            field=self.field_name,
            headers=self._get_headers(),
            transform=self.transform,
            required=self.required,
            key=self.is_key,
            default=self.default_value or "",
            table=self._to_table(),
            choices=choices,
        )

    def _to_table(self):
        pairs = (text.split("=", 1) for text in (self.value_table or "").splitlines())
        return {
            clean_text(pair[0]).casefold(): clean_text(pair[1])
            for pair in pairs
            if len(pair) == 2
        }

    def _get_choices(self, texts, create_missing):
        """What the texts of the file stand for, when the field takes no free text.

        :param tuple texts: the different texts of the column
        :param bool create_missing: really create what may be; else tell it as 0
        :return: {lower-case text: value}, or None for a field of free text
        """
        self.ensure_one()
        field = self._get_field()
        if field.type == "many2one":
            return self._find_or_create(field, texts, create_missing)
        if field.type == "boolean":
            return {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
        if field.type == "selection":
            model = self.env[self.model_name]
            options = field._description_selection(model.env)
            return {
                name.casefold(): key for key, label in options for name in (key, label)
            }
        return None

    def _find_or_create(self, field, texts, create_missing):
        model = self.env[field.comodel_name].with_context(active_test=False)
        known = {}
        for record in model.search(
            fields.Domain.OR(
                [
                    fields.Domain(model._rec_name, "=ilike", _as_typed(text))
                    for text in texts
                ]
            )
        ):
            known.setdefault(record[model._rec_name].casefold(), record.id)
        if self.create_missing:
            missing = [text for text in texts if text.casefold() not in known]
            known.update(dict.fromkeys((text.casefold() for text in missing), 0))
            if create_missing:
                created = model.create([{model._rec_name: text} for text in missing])
                for text, record in zip(missing, created, strict=True):
                    known[text.casefold()] = record.id
        return known


def _as_typed(text):
    """Escape what =ilike would take for a joker."""
    return re.sub(r"([\\%_])", r"\\\1", text)
