from odoo import api, models

from ..tools.hooks import SegmentCriterion
from .criterion_terms import acted, aged, behaved, between, downloaded
from .crm_segment import LEADS, PEOPLE


class CrmHooks(models.AbstractModel):
    """The criteria of segments on persons and on what they did."""

    _inherit = "crm.hooks"

    @api.model
    def _segment_criteria(self):
        return (
            super()._segment_criteria()
            | self._criteria_of_person()
            | self._criteria_of_behaviour()
        )

    def _criteria_of_person(self):
        env = self.env
        group = env._("Person")
        born = {PEOPLE: lambda _env, value: aged(value)}
        return {
            "function": self._function_criterion(group),
            "title": self._criterion(
                group,
                env._("Title on the card"),
                "function",
                "function",
                inputs=("text",),
            ),
            "interest": self._criterion(
                group,
                env._("Interests"),
                "crm_interest_ids",
                inputs=("records",),
                comodel="crm.interest",
            ),
            "age": SegmentCriterion(
                label=env._("Age"),
                group=group,
                inputs=("range",),
                domains=born,
                paths={PEOPLE: "crm_age", LEADS: "partner_id.crm_age"},
            ),
        }

    def _function_criterion(self, group):
        return SegmentCriterion(
            label=self.env._("Function"),
            group=group,
            inputs=("records",),
            comodel="crm.job.function",
            domains={
                PEOPLE: lambda _env, value: [
                    ("crm_job_function_id", "in", list(value.ids))
                ],
                LEADS: lambda _env, value: [
                    "|",
                    ("crm_job_function_id", "in", list(value.ids)),
                    ("partner_id.crm_job_function_id", "in", list(value.ids)),
                ],
            },
            paths=dict.fromkeys((PEOPLE, LEADS), "crm_job_function_id"),
        )

    def _criteria_of_behaviour(self):
        env = self.env
        group = env._("Behaviour")
        return {
            "tag": self._criterion(
                group,
                env._("Tags"),
                "crm_tag_ids",
                "tag_ids",
                inputs=("records",),
                comodel="crm.tag",
            ),
            "behaviour": SegmentCriterion(
                label=env._("Online behaviour"),
                group=group,
                inputs=("choices", "days"),
                choices=tuple(self.env["crm.score.rule"]._selection_event_source()),
                domains={LEADS: lambda _env, value: behaved(value)},
                paths={LEADS: "crm_score_event_ids.source"},
            ),
            "score": SegmentCriterion(
                label=env._("Score of the lead"),
                group=group,
                inputs=("range",),
                domains={LEADS: lambda _env, value: between("crm_score", value)},
                paths={LEADS: "crm_score"},
            ),
            "download": self._download_criterion(group),
            "last_action": self._last_action_criterion(group),
        }

    def _download_criterion(self, group):
        models_ = (PEOPLE, LEADS)
        return SegmentCriterion(
            label=self.env._("Documents downloaded"),
            group=group,
            inputs=("records", "days"),
            comodel="crm.white.paper",
            domains=dict.fromkeys(models_, lambda _env, value: downloaded(value)),
            paths=dict.fromkeys(models_, "crm_download_ids.white_paper_id"),
        )

    def _last_action_criterion(self, group):
        return SegmentCriterion(
            label=self.env._("Date of the last action: in the last days"),
            group=group,
            inputs=("days",),
            domains={
                PEOPLE: lambda _env, value: acted(value, "meeting_ids"),
                LEADS: lambda _env, value: acted(value, "calendar_event_ids"),
            },
            paths=dict.fromkeys((PEOPLE, LEADS), "message_ids.date"),
        )
