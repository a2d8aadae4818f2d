import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_score_model_published import _paths

NEVER_CHANGE = {"id", "create_date", "create_uid"}
COLUMN_OF = {
    "integer": "integer", "boolean": "integer", "many2one": "integer",
    "float": "float", "monetary": "float", "char": "char", "selection": "char",
    "text": "text", "date": "datetime", "datetime": "datetime",
}  # fmt: skip
FIXED_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class CrmScoreBacktest(models.Model):
    """What was known of a lead at a past moment: its fields, from what was tracked."""

    _inherit = "crm.score.backtest"

    # ------------------------------------------------------------------ what is known
    def _unknown_of(self, rule):
        """The paths of a rule whose past values nobody kept; and whether it asks for
        dates that depend on the day it is read."""
        domain = rule._lead_domain()
        unknown = [path for path in _paths(domain) if self._sources_of(path) is None]
        leads = self.env["crm.lead"]
        moving = any(
            isinstance(condition.value, str)
            and getattr(leads._fields.get(condition.field_expr), "type", "")
            in ("date", "datetime")
            and not FIXED_DATE.match(condition.value)
            for condition in domain.iter_conditions()
        )
        return sorted(set(unknown)), moving

    @api.model
    def _sources_of(self, path, seen=frozenset()):
        """The tracked fields of the lead that a path is made of; None when a part of
        it has no history."""
        name, _dot, rest = path.partition(".")
        field = self.env["crm.lead"]._fields.get(name)
        if rest or field is None or name in seen:
            return None
        if name in NEVER_CHANGE:
            return frozenset()
        if getattr(field, "tracking", None) and field.type in COLUMN_OF:
            return frozenset({name})
        # what people may write over cannot be worked out from what it came from
        if not field.compute or not field.readonly:
            return None
        depends = self.pool.field_depends.get(field, ())
        parts = [self._sources_of(part, seen | {name}) for part in depends]
        if not parts or None in parts:
            return None
        return frozenset().union(*parts)

    # ------------------------------------------------------------------ rebuilding
    def _rebuild(self, moments):
        """{lead id: {field: value}} where a value was another at the lead's moment.

        :param moments: {lead id: datetime}
        """
        self.env["mail.tracking.value"].flush_model()
        self.env["mail.message"].flush_model(["model", "res_id", "date"])
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT ON (message.res_id, field.id)
                          message.res_id, field.name, old_value_integer,
                          old_value_float, old_value_char, old_value_text,
                          old_value_datetime
                     FROM (VALUES %s) AS asked (lead_id, moment)
                     JOIN mail_message message ON message.res_id = asked.lead_id
                          AND message.model = 'crm.lead'
                          AND message.date > asked.moment
                     JOIN mail_tracking_value value
                          ON value.mail_message_id = message.id
                     JOIN ir_model_fields field ON field.id = value.field_id
                 ORDER BY message.res_id, field.id, message.date, value.id""",
                SQL(", ").join(
                    SQL("(%s, %s::timestamp)", *item) for item in moments.items()
                ),
            )
        )
        past = {}
        for lead_id, name, *values in self.env.cr.fetchall():
            field = self.env["crm.lead"]._fields.get(name)
            if field is not None and field.type in COLUMN_OF:
                column = ("integer", "float", "char", "text", "datetime").index(
                    COLUMN_OF[field.type]
                )
                value = self._to_value(field, values[column])
                past.setdefault(lead_id, {})[name] = value
        return past

    def _to_value(self, field, stored):
        """The value of a field from what the tracking kept of it."""
        if field.type == "boolean":
            return bool(stored)
        if field.type == "date":
            return stored.date() if stored else False
        if field.type == "selection":
            return self._labels(field.name).get(stored or "", False)
        return stored or (0.0 if field.type in ("float", "monetary") else False)

    @api.model
    def _labels(self, name):
        """{label: key} of a selection in every language: the tracking kept labels."""
        found = {}
        for code, _name in self.env["res.lang"].get_installed():
            leads = self.env["crm.lead"].with_context(lang=code)
            told = leads.fields_get([name], ["selection"])[name].get("selection") or ()
            found |= {label: key for key, label in told}
        return found

    # ------------------------------------------------------------------ rules then
    def _holding(self, rule, leads, past):
        """Ids of the leads for which the rule held then."""
        domain = rule._lead_domain()
        names = set()
        for path in _paths(domain):
            names |= self._sources_of(path) or {path.partition(".")[0]}
        moved = leads.filtered(lambda lead: names & past.get(lead.id, {}).keys())
        held = (leads - moved).search(Domain("id", "in", (leads - moved).ids) & domain)
        found = set(held.ids)
        for lead in moved:
            if self._as_it_was(lead, past).filtered_domain(domain):
                found.add(lead.id)
        return found

    def _as_it_was(self, lead, past):
        return lead.new(past.get(lead.id, {}), origin=lead)

    def _host_predictions(self, leads, past):
        """{lead id: the host's probability}, with the stage that the lead then had.

        The host learnt from these same leads, which flatters its figure.
        """
        first = self.env["crm.stage"].search([], order="sequence, id", limit=1)
        virtual = leads.browse()
        origins = {}
        for lead in leads:
            values = dict(past.get(lead.id, {}))
            values.pop("won_status", None)
            stage = values.get("stage_id") or lead.stage_id.id
            # a won stage would tell the end
            if self.env["crm.stage"].browse(stage).is_won:
                stage = first.id
            then = lead.new({**values, "stage_id": stage, "active": True}, origin=lead)
            origins[then.id] = lead.id
            virtual += then
        answer = virtual._pls_get_naive_bayes_probabilities()
        # the host answers with a bare dict where it has nothing to say
        told = answer[0] if isinstance(answer, tuple) else answer
        return {origins[key]: value for key, value in told.items() if key in origins}
