from odoo import api, models
from odoo.fields import Domain

from ..tools import french_places
from ..tools.hooks import BatchKind, SegmentCriterion

PEOPLE, LEADS = "res.partner", "crm.lead"


class CrmHooks(models.AbstractModel):
    """The criteria of segments that core brings (CO-20): each asks for a value."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "segment": BatchKind(
                label=self.env._("Refresh of segments"), model="crm.segment", chunk=1
            ),
        }

    @api.model
    def _segment_criteria(self):
        return (
            super()._segment_criteria()
            | self._criteria_of_place()
            | self._criteria_of_company()
            | self._criteria_of_origin()
            | self._criteria_of_person()
            | self._criteria_of_behaviour()
        )

    def _criterion(self, group, label, people, lead="", **options):
        """A criterion whose value is compared with a field.

        :param str people: path of the field from the contact
        :param str lead: path from the lead, where it has one of its own
        """
        paths = {PEOPLE: people} | (
            {LEADS: lead} if lead else {LEADS: f"partner_id.{people}"}
        )
        compare = _COMPARISONS[options["inputs"][0]]
        domains = {
            model: (lambda _env, value, path=path: compare(path, value))
            for model, path in ((PEOPLE, people), (LEADS, lead))
            if path
        }
        return SegmentCriterion(
            label=label, group=group, domains=domains, paths=paths, **options
        )

    # ------------------------------------------------------------------ groups
    def _criteria_of_place(self):
        _ = self.env._
        group = _("Place")
        departments = tuple(french_places.DEPARTMENTS.items())
        regions = tuple((name, name) for name in french_places.REGIONS)
        zips = {PEOPLE: "zip", LEADS: "zip"}
        in_departments = {
            model: lambda _env, value: _in_departments(value.keys) for model in zips
        }
        in_regions = {
            model: lambda _env, value: _in_departments(
                french_places.departments_of(value.keys)
            )
            for model in zips
        }
        return {
            "department": SegmentCriterion(
                label=_("Department (France)"),
                group=group,
                inputs=("choices",),
                choices=departments,
                domains=in_departments,
                paths=zips,
            ),
            "region": SegmentCriterion(
                label=_("Region (France)"),
                group=group,
                inputs=("choices",),
                choices=regions,
                domains=in_regions,
                paths=zips,
            ),
            "zip": self._criterion(
                group, _("Postal code begins with"), "zip", "zip", inputs=("text",)
            ),
            "town": self._criterion(
                group, _("Town begins with"), "city", "city", inputs=("text",)
            ),
            "country": self._criterion(
                group,
                _("Country"),
                "country_id",
                "country_id",
                inputs=("records",),
                comodel="res.country",
            ),
        }

    def _criteria_of_company(self):
        _ = self.env._
        group = _("Company")
        fields_ = self.env[PEOPLE]._fields
        found = {
            code: self._criterion(
                group,
                fields_[name]._description_string(self.env),
                f"commercial_partner_id.{name}",
                inputs=("choices",),
                choices=tuple(fields_[name]._description_selection(self.env)),
            )
            for code, name in (
                ("company_type", "crm_company_type"),
                ("turnover", "crm_turnover_band"),
                ("headcount", "crm_headcount_band"),
            )
        }
        return found | {
            "naf": self._criterion(
                group,
                _("Activity (NAF) begins with"),
                "commercial_partner_id.crm_naf_code",
                inputs=("text",),
            ),
            "industry": self._criterion(
                group,
                _("Sector"),
                "commercial_partner_id.industry_id",
                inputs=("records",),
                comodel="res.partner.industry",
            ),
            "relation": self._criterion(
                group,
                _("Relation type"),
                "commercial_partner_id.crm_relation_type_ids",
                inputs=("records",),
                comodel="crm.relation.type",
            ),
        }

    def _criteria_of_origin(self):
        _ = self.env._
        group = _("Origin")
        return {
            "source": self._origin_criterion(
                group, _("Source"), "crm_source_id", "source_id", "utm.source"
            ),
            "origin": self._origin_criterion(
                group,
                _("Origin (web, trade fair...)"),
                "crm_medium_id",
                "medium_id",
                "utm.medium",
            ),
            "created": self._criterion(
                group,
                _("Created in the last days"),
                "create_date",
                "create_date",
                inputs=("days",),
            ),
        }

    def _origin_criterion(self, group, label, people, lead, comodel):
        """A contact comes from where its card says or from where its leads came."""
        return SegmentCriterion(
            label=label,
            group=group,
            inputs=("records",),
            comodel=comodel,
            domains={
                PEOPLE: lambda _env, value: [
                    "|",
                    (people, "in", list(value.ids)),
                    (f"opportunity_ids.{lead}", "in", list(value.ids)),
                ],
                LEADS: lambda _env, value: [(lead, "in", list(value.ids))],
            },
            paths={PEOPLE: people, LEADS: lead},
        )

    def _criteria_of_person(self):
        _ = self.env._
        group = _("Person")
        born = {PEOPLE: lambda _env, value: _aged(value)}
        return {
            "title": self._criterion(
                group, _("Title on the card"), "function", "function", inputs=("text",)
            ),
            "interest": self._criterion(
                group,
                _("Interests"),
                "crm_interest_ids",
                inputs=("records",),
                comodel="crm.interest",
            ),
            "age": SegmentCriterion(
                label=_("Age"),
                group=group,
                inputs=("range",),
                domains=born,
                paths={PEOPLE: "crm_age", LEADS: "partner_id.crm_age"},
            ),
        }

    def _criteria_of_behaviour(self):
        _ = self.env._
        group = _("Behaviour")
        sources = self.env["crm.score.rule"]._selection_event_source()
        return {
            "behaviour": SegmentCriterion(
                label=_("Online behaviour"),
                group=group,
                inputs=("choices", "days"),
                choices=tuple(sources),
                domains={LEADS: lambda _env, value: _behaved(value)},
                paths={LEADS: "crm_score_event_ids.source"},
            ),
            "download": SegmentCriterion(
                label=_("Documents downloaded"),
                group=group,
                inputs=("records", "days"),
                comodel="crm.white.paper",
                domains={
                    model: lambda _env, value: _downloaded(value)
                    for model in (PEOPLE, LEADS)
                },
                paths={
                    PEOPLE: "crm_download_ids.white_paper_id",
                    LEADS: "crm_download_ids.white_paper_id",
                },
            ),
            "score": SegmentCriterion(
                label=_("Score of the lead"),
                group=group,
                inputs=("range",),
                domains={LEADS: lambda _env, value: _between("crm_score", value)},
                paths={LEADS: "crm_score"},
            ),
            "last_action": SegmentCriterion(
                label=_("Date of the last action: in the last days"),
                group=group,
                inputs=("days",),
                domains={
                    PEOPLE: lambda _env, value: _acted(value, "meeting_ids"),
                    LEADS: lambda _env, value: _acted(value, "calendar_event_ids"),
                },
                paths={PEOPLE: "message_ids.date", LEADS: "message_ids.date"},
            ),
        }


# ---------------------------------------------------------------------- terms
def _begins(path, value):
    return [(path, "=ilike", f"{value.text}%")]


def _between(path, value):
    terms = [(path, ">=", value.low)] if value.low is not None else []
    return terms + ([(path, "<=", value.high)] if value.high is not None else [])


_COMPARISONS = {
    "records": lambda path, value: [(path, "in", list(value.ids))],
    "choices": lambda path, value: [(path, "in", list(value.keys))],
    "text": _begins,
    "range": _between,
    "days": lambda path, value: [(path, ">=", f"today -{value.days}d")],
}


def _in_departments(departments):
    beginnings = french_places.prefixes(departments)
    here = Domain.OR(Domain("zip", "=like", f"{zip_}%") for zip_ in beginnings)
    french = Domain("country_id.code", "in", french_places.COUNTRIES)
    return here & (french | Domain("country_id", "=", False))


def _aged(value):
    """Who is between `low` and `high` years old today, both included."""
    domain = Domain("crm_birth_date", "!=", False)
    if value.low is not None:
        domain &= Domain("crm_birth_date", "<=", f"today -{int(value.low)}y")
    if value.high is not None:
        domain &= Domain("crm_birth_date", ">", f"today -{int(value.high) + 1}y")
    return domain


def _behaved(value):
    inside = Domain("source", "in", list(value.keys))
    if value.days:
        inside &= Domain("date", ">=", f"today -{value.days}d")
    return Domain("crm_score_event_ids", "any", inside)


def _downloaded(value):
    inside = Domain("white_paper_id", "in", list(value.ids))
    if value.days:
        inside &= Domain("date", ">=", f"today -{value.days}d")
    return Domain("crm_download_ids", "any", inside)


def _acted(value, meetings):
    """A message, note or meeting since; whether there is one is no secret, what it says
    stays behind its own rules."""
    since = f"today -{value.days}d"
    message = Domain("message_type", "!=", "notification") & Domain("date", ">=", since)
    meeting = Domain("start", ">=", since) & Domain("start", "<=", "now")
    return Domain("message_ids", "any!", message) | Domain(meetings, "any!", meeting)
