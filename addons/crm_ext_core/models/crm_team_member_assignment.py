from datetime import UTC, timedelta

from odoo import fields, models

from ..tools.assignment import Person


class CrmTeamMember(models.Model):
    """Territory and expertise of a salesperson; empty, he takes everything."""

    _inherit = "crm.team.member"

    crm_country_ids = fields.Many2many("res.country", string="Countries")
    crm_state_ids = fields.Many2many(
        "res.country.state", string="Departments or regions"
    )
    crm_zip_prefixes = fields.Char(
        string="Postcodes beginning with", help="Separated by commas: 35, 22, 2912."
    )
    crm_tag_ids = fields.Many2many(
        "crm.tag",
        string="Topics",
        help="Leads with tags come to this member when one of them is here. Empty: "
        "whatever the tags.",
    )
    crm_lang_ids = fields.Many2many(
        "res.lang",
        string="Languages",
        help="Leads in another language do not come to this member. Empty: whatever "
        "the language.",
    )

    def _to_people(self, use_capacity, use_absence):
        """The members as values: load, capacity, presence, territory, expertise."""
        users = self.user_id
        open_leads = dict(
            self.env["crm.lead"]._read_group(
                [("user_id", "in", users.ids), ("won_status", "=", "pending")],
                ["user_id"],
                ["__count"],
            )
        )
        expertise = self.env["crm.hooks"]._find_expertise(self)
        present = self._find_present() if use_absence else users
        return [
            Person(
                user_id=member.user_id.id,
                load=open_leads.get(member.user_id, 0),
                capacity=member._get_room() if use_capacity else None,
                present=member.user_id in present,
                countries=frozenset(member.crm_country_ids.ids),
                states=frozenset(member.crm_state_ids.ids),
                zips=member._get_zip_prefixes(),
                expertise=expertise[member],
                companies=frozenset(member.user_id.company_ids.ids),
            )
            for member in self
        ]

    def _get_room(self):
        return max(0, self.assignment_max - self.lead_month_count)

    def _get_zip_prefixes(self):
        texts = (self.crm_zip_prefixes or "").split(",")
        return tuple(text.strip() for text in texts if text.strip())

    def _find_present(self):
        """Those who work within a day; who has no working hours is always there."""
        start = fields.Datetime.now().replace(tzinfo=UTC)
        stop = start + timedelta(days=1)
        resources = self.env["resource.resource"].search(
            [("user_id", "in", self.user_id.ids), ("calendar_id", "!=", False)]
        )
        away = self.env["res.users"]
        for calendar, group in resources.grouped("calendar_id").items():
            hours = calendar._work_intervals_batch(start, stop, resources=group)
            away |= group.filtered(lambda one, h=hours: not list(h[one.id])).user_id
        return self.user_id - away
