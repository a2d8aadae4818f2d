from odoo import api, models

from ..tools import french_places
from ..tools.hooks import BatchKind, SegmentCriterion
from .criterion_terms import COMPARISONS, in_departments

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
            "tag_rule": BatchKind(
                label=self.env._("Tag rules"), model="crm.tag.rule", chunk=1
            ),
        }

    @api.model
    def _segment_criteria(self):
        return (
            super()._segment_criteria()
            | self._criteria_of_place()
            | self._criteria_of_company()
            | self._criteria_of_origin()
        )

    def _criterion(self, group, label, people, lead="", **options):
        """A criterion whose value is compared with a field.

        :param str people: path of the field from the contact
        :param str lead: path from the lead, where it has one of its own
        """
        paths = {PEOPLE: people} | (
            {LEADS: lead} if lead else {LEADS: f"partner_id.{people}"}
        )
        compare = COMPARISONS[options["inputs"][0]]
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
        env = self.env
        group = env._("Place")
        departments = tuple(french_places.DEPARTMENTS.items())
        regions = tuple((name, name) for name in french_places.REGIONS)
        return {
            "department": self._french_criterion(
                group, env._("Department (France)"), departments, tuple
            ),
            "region": self._french_criterion(
                group, env._("Region (France)"), regions, french_places.departments_of
            ),
            "zip": self._criterion(
                group, env._("Postal code begins with"), "zip", "zip", inputs=("text",)
            ),
            "town": self._criterion(
                group, env._("Town begins with"), "city", "city", inputs=("text",)
            ),
            "country": self._criterion(
                group,
                env._("Country"),
                "country_id",
                "country_id",
                inputs=("records",),
                comodel="res.country",
            ),
        }

    def _french_criterion(self, group, label, choices, to_departments):
        """A place told by the departments that a choice stands for."""
        models_ = (PEOPLE, LEADS)
        return SegmentCriterion(
            label=label,
            group=group,
            inputs=("choices",),
            choices=choices,
            domains=dict.fromkeys(
                models_,
                lambda _env, value: in_departments(to_departments(value.keys)),
            ),
            paths=dict.fromkeys(models_, "zip"),
        )

    def _criteria_of_company(self):
        env = self.env
        group = env._("Company")
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
                env._("Activity (NAF) begins with"),
                "commercial_partner_id.crm_naf_code",
                inputs=("text",),
            ),
            "industry": self._criterion(
                group,
                env._("Sector"),
                "commercial_partner_id.industry_id",
                inputs=("records",),
                comodel="res.partner.industry",
            ),
            "relation": self._criterion(
                group,
                env._("Relation type"),
                "commercial_partner_id.crm_relation_type_ids",
                inputs=("records",),
                comodel="crm.relation.type",
            ),
        }

    def _criteria_of_origin(self):
        env = self.env
        group = env._("Origin")
        return {
            "source": self._origin_criterion(
                group, env._("Source"), "crm_source_id", "source_id", "utm.source"
            ),
            "origin": self._origin_criterion(
                group,
                env._("Origin (web, trade fair...)"),
                "crm_medium_id",
                "medium_id",
                "utm.medium",
            ),
            "created": self._criterion(
                group,
                env._("Created in the last days"),
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
