from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..tools.assignment import Decision


class CrmAssignmentPreview(models.TransientModel):
    """Who would get which leads, before anything is given."""

    _name = "crm.assignment.preview"
    _description = "Preview of an assignment"

    line_ids = fields.One2many(
        "crm.assignment.preview.line", "preview_id", readonly=True
    )
    decisions = fields.Json(readonly=True)
    given_count = fields.Integer(string="Leads to give", readonly=True)
    left_count = fields.Integer(string="Nobody can take", readonly=True)

    @api.depends("given_count")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._("Assignment of leads")

    @api.model
    def _check_may_assign(self):
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("A sales manager gives leads to people."))

    @api.model
    def action_open(self, lead_ids=None):
        """Decide on the leads that nobody has, or on some of them, and show it; both
        among those of the user's companies."""
        self._check_may_assign()
        leads = None if lead_ids is None else self.env["crm.lead"].browse(lead_ids)
        if leads:
            leads.check_access("write")
        preview = self.create(self._prepare_preview(leads))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who would get what"),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def _prepare_preview(self, leads):
        decided = self.env["crm.assignment.rule"]._decide(leads)
        shares, left = {}, {}
        for rule, one in decided:
            if one.user_id:
                share = shares.setdefault((rule.id, one.user_id), [one.load, 0])
                share[0], share[1] = min(share[0], one.load), share[1] + 1
            else:
                left[rule.id, one.cause] = left.get((rule.id, one.cause), 0) + 1
        lines = [
            {"rule_id": rule, "user_id": user, "before": before, "count": count}
            for (rule, user), (before, count) in shares.items()
        ]
        lines += [
            {"rule_id": rule, "obstacle": cause, "count": count}
            for (rule, cause), count in left.items()
        ]
        return {
            "line_ids": [Command.create(line) for line in lines],
            "decisions": [
                [rule.id, one.lead_id, one.user_id, one.cause, one.load, [*one.known]]
                for rule, one in decided
                if one.user_id
            ],
            "given_count": sum(count for _before, count in shares.values()),
            "left_count": sum(left.values()),
        }

    def action_apply(self):
        """Give the leads as shown; those taken meanwhile are left alone."""
        self._check_may_assign()
        if not self.decisions:
            raise UserError(self.env._("There is no lead that somebody can take."))
        carried = self.env["crm.assignment.decision"]._apply(self._to_decided())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_assignment_decision_action"
        )
        return action | {"domain": [("id", "in", carried.ids)]}

    def _to_decided(self):
        """What was shown, of the rules and leads that are the user's (still)."""
        rules = self.env["crm.assignment.rule"]
        leads = self.env["crm.lead"].browse([one[1] for one in self.decisions])
        mine = set(leads.exists()._filtered_access("write").ids)
        own = rules.browse({one[0] for one in self.decisions})
        own = own.exists()._filtered_access("read").grouped("id")
        return [
            (own[rule], Decision(lead, user, cause, load, frozenset(map(tuple, known))))
            for rule, lead, user, cause, load, known in self.decisions
            if rule in own and lead in mine
        ]
