from odoo import fields, models
from odoo.fields import Domain

from ..tools.capture import read_utm

SOURCES = (
    ("utm_source", "source_id", "utm.source"),
    ("utm_medium", "medium_id", "utm.medium"),
    ("utm_campaign", "campaign_id", "utm.campaign"),
)


class CrmCaptureForm(models.Model):
    """Where a post came from: strangers name it, so few of their names become records.

    A known name is taken; an unknown one is made while the form's limit of the day
    lasts, and beyond it stays a text on the lead.
    """

    _inherit = "crm.capture.form"

    new_source_limit = fields.Integer(
        string="New source names a day",
        default=20,
        help="Anybody can write utm_source=... in an address. Beyond this many unknown "
        "names a day they are kept as a text on the lead; 0 makes none.",
    )

    white_paper_id = fields.Many2one(
        "crm.white.paper",
        string="Document given",
        help="Who posts the form gets a link to it; the download is noted on the lead.",
    )

    def _get_sources(self, landing_page):
        """Source, medium and campaign: those of the landing page, else the form's."""
        vals = {name: self[name].id for _parameter, name, _model in SOURCES}
        found = read_utm(landing_page or "")
        return vals | self._name_sources(found, self._make_source)

    def _name_sources(self, found, make):
        """Give source, medium and campaign for the names that came.

        :param dict found: names, by parameter (utm_source...)
        :param make: makes a record of (model, name), or gives none
        """
        vals, unknown = {}, []
        for parameter, name, model in SOURCES:
            if text := found.get(parameter):
                record = self._find_source(model, text) or make(model, text)
                if record:
                    vals[name] = record.id
                else:
                    unknown.append(f"{parameter}={text}")
        return vals | {"crm_unknown_source": ", ".join(unknown) or False}

    def _find_source(self, model, text):
        records = self.env[model].with_context(active_test=False)
        exact = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        names = {"name", "title"} & records._fields.keys()
        domain = Domain.OR(Domain(name, "=ilike", exact) for name in sorted(names))
        return records.search(domain, limit=1)

    def _make_source(self, model, text):
        limit = self.new_source_limit
        counter = self.env["crm.capture.counter"]
        if limit < 1 or counter._add(self, "new_source") > limit:
            return None
        return self.env["utm.mixin"]._find_or_create_record(model, text)

    def action_open_refused(self):
        """What was refused, by day and by reason."""
        kinds = ("refused", "spam", "too_many", "event_refused")
        action = self.action_open_counts()
        return action | {
            "name": self.env._("Refused"),
            "domain": [("form_id", "=", self.id), ("kind", "in", kinds)],
        }
