from odoo import models
from odoo.exceptions import UserError


class CrmCaseQueue(models.Model):
    """Cases in queues: a new one waits in its team's queue until it is picked."""

    _inherit = "crm.case"

    def action_pick(self):
        """Take the cases out of their queue; exactly one of several rivals succeeds."""
        self.check_access("read")
        return self._queue_items().with_env(self.env).action_pick()

    def action_release(self):
        """Give the cases back to the queue they came from."""
        self.check_access("read")
        return self._queue_items().with_env(self.env).action_release()

    def action_send_to_queue(self, queue_id):
        """Hand the cases over to another queue.

        :param int queue_id: a crm.queue of the same company
        """
        self.check_access("write")
        items = self._queue_items()
        outside = self - self.browse(items.mapped("res_id"))
        # sudo: a queue of a company that one may not see is refused in words
        outside._queue_enter(self.env["crm.queue"].sudo().browse(queue_id))
        return items.with_env(self.env).action_send_to(queue_id)

    def action_open_queue_wizard(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to a queue"),
            "res_model": "crm.queue.send",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def action_open_hops(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_service.crm_queue_hop_action"
        )
        return action | {
            "domain": [("item_id", "in", self._queue_items().ids)],
            "context": {},
        }

    # ------------------------------------------------------------------ flow
    def _queue_enter(self, queue, user=None):
        if self.company_id - queue.company_id:
            raise UserError(self.env._("Choose a queue of the same company."))
        return super()._queue_enter(queue, user)

    def _queue_on_create(self):
        """New open cases enter their team's queue, or the hands of their holder."""
        queued = self.filtered(
            lambda case: not case.is_closed and case.team_id.queue_id
        )
        for (team, user), cases in queued.grouped(
            lambda case: (case.team_id, case.user_id)
        ).items():
            cases._queue_enter(team.queue_id, user)

    def _queue_reopen(self):
        """A reopened case goes back to who handled it, else to the team's queue."""
        self._queue_on_create()

    def _queue_picked(self, user):
        result = super()._queue_picked(user)
        self.filtered(lambda case: case.stage_kind == "new")._move_to_progress()
        return result

    def _get_queue_since(self):
        return min(self.opened_at, super()._get_queue_since())

    def _queue_tracked_fields(self):
        return super()._queue_tracked_fields() | {"name", "partner_id", "priority"}

    def _prepare_queue_item_values(self):
        return super()._prepare_queue_item_values() | {
            "partner_id": self.partner_id.id,
            "priority": self.priority,
        }
