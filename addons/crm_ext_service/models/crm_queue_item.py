from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_duration


class CrmQueueItem(models.Model):
    """A record's place in the queues: waiting in one, held by one person, or done.

    Users only read items; every change goes through the methods below, which write the
    hops. One person wins a pick, because picking locks the row.
    """

    _name = "crm.queue.item"
    _description = "Queue item"
    _order = "priority desc, entered_at, id"

    name = fields.Char(required=True, readonly=True)
    res_model = fields.Char(string="Kind of record", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        required=True,
        readonly=True,
        index=True,
    )
    kind = fields.Selection(
        [("case", "Case"), ("activity", "Activity")], compute="_compute_kind"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null"
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Important"), ("2", "High"), ("3", "Urgent")],
        default="0",
        required=True,
        readonly=True,
    )
    queue_id = fields.Many2one(
        "crm.queue", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="queue_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("picked", "Picked"), ("done", "Done")],
        default="waiting",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Picked by", readonly=True, index="btree_not_null"
    )
    entered_at = fields.Datetime(
        string="Since",
        required=True,
        readonly=True,
        help="When it entered the queue, or came into the hands of its holder.",
    )
    waited = fields.Char(string="Time so far", compute="_compute_waited")
    hop_ids = fields.One2many("crm.queue.hop", "item_id", string="Hand-overs")

    _record_uniq = models.UniqueIndex(
        "(res_model, res_id)", "A record has one place in the queues."
    )
    _waiting_idx = models.Index(
        "(queue_id, priority DESC, entered_at, id) WHERE state = 'waiting'"
    )
    _holder_check = models.Constraint(
        "CHECK ((state = 'waiting' AND user_id IS NULL)"
        " OR (state = 'picked' AND user_id IS NOT NULL) OR state = 'done')",
        "A waiting item has no holder, a picked one has one.",
    )

    @api.depends("res_model")
    def _compute_kind(self):
        for item in self:
            item.kind = "case" if item.res_model == "crm.case" else "activity"

    @api.depends("entered_at", "state")
    def _compute_waited(self):
        now = fields.Datetime.now()
        for item in self:
            item.waited = item._format_waited(now - item.entered_at)

    def _format_waited(self, duration):
        if duration >= timedelta(days=1):
            return self.env._("%(days)s d", days=duration.days)
        return format_duration(max(duration.total_seconds(), 0) / 3600)

    # ------------------------------------------------------------------ actions
    def action_pick(self):
        """Take the items; exactly one of several rivals succeeds.

        :return: the action that opens the record picked last
        """
        self.check_access("read")
        self._lock_or_wait()
        for item in self:
            if item.state != "waiting":
                raise UserError(item._explain_not_waiting())
        # sudo: users only read items; membership was checked above
        self.sudo()._move_to_user(self.env.user)
        for records in self._records_by_model():
            # sudo: a queue's member may take a record that was not his before
            records.sudo()._queue_picked(self.env.user)
        return self[-1:]._open_record()

    def action_release(self):
        """Give picked items back to their queue, in their former order."""
        self._check_held("picked")
        self.sudo()._move_back()  # sudo: as in action_pick
        for records in self._records_by_model():
            records.sudo()._queue_released()  # sudo: as in action_pick
        return True

    def action_send_to(self, queue_id):
        """Hand the items over to another queue, waiting or picked by oneself."""
        self._check_held("waiting", "picked")
        # sudo: a queue of a company that one may not see is refused in these words too
        queue = self.env["crm.queue"].sudo().browse(queue_id).exists()
        if not queue or self.company_id - queue.company_id:
            raise UserError(self.env._("Choose a queue of the same company."))
        self.sudo()._move_to(queue)  # sudo: as in action_pick
        for records in self._records_by_model():
            records.sudo()._queue_released()  # sudo: as in action_pick
        return True

    def action_open_record(self):
        self.ensure_one()
        return self._open_record()

    def action_open_send_wizard(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to a queue"),
            "res_model": "crm.queue.send",
            "view_mode": "form",
            "target": "new",
            "context": {"default_item_ids": self.ids},
        }

    # ------------------------------------------------------------------ locking
    def _lock_or_wait(self):
        """Lock the rows; when a rival holds one, wait until his pick is decided.

        Our snapshot is older than the rival's commit: if he wins, PostgreSQL makes us
        fail with a serialization error, the host calls us again, and then the winner's
        name is known. If his transaction is rolled back, we hold the lock and go on.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        if rivals := self - locked:
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM crm_queue_item WHERE id IN %s"
                    " ORDER BY id FOR NO KEY UPDATE",
                    tuple(rivals.ids),
                ),
                log_exceptions=False,  # losing is no fault
            )

    def _explain_not_waiting(self):
        if self.state == "done":
            return self.env._("%(item)s is already done.", item=self.name)
        message = self.env._(
            "Already picked by %(user)s: %(item)s.",
            user=self.sudo().user_id.name,  # sudo: the name only
            item=self.name,
        )
        following = self.search(
            [("queue_id", "=", self.queue_id.id), ("state", "=", "waiting")], limit=1
        )
        if following:
            message += "\n" + self.env._(
                "Next in this queue: %(item)s", item=following.name
            )
        return message

    def _check_held(self, *states):
        """Refuse what another person holds, except to managers."""
        self.check_access("read")
        self._lock_or_wait()
        manager = self.env.user.has_group("crm_ext_service.group_service_manager")
        for item in self:
            if item.state not in states:
                raise UserError(
                    self.env._("%(item)s is not in the right state.", item=item.name)
                )
            if item.user_id and item.user_id != self.env.user and not manager:
                raise UserError(item._explain_not_waiting())

    # ------------------------------------------------------------------ moves
    @api.model
    def _add(self, records, queue, user=None):
        items = self.create(
            [
                {
                    **record._prepare_queue_item_values(),
                    "res_model": record._name,
                    "res_id": record.id,
                    "queue_id": queue.id,
                    "user_id": user.id if user else False,
                    "state": "picked" if user else "waiting",
                    "entered_at": record._get_queue_since(),
                }
                for record in records
            ]
        )
        items._open_hops()
        items._notify_screens()
        return items

    def _move_to(self, queue, user=None):
        self._transition(
            {
                "queue_id": queue.id,
                "user_id": user.id if user else False,
                "state": "picked" if user else "waiting",
            }
        )

    def _move_to_user(self, user):
        self._transition({"user_id": user.id, "state": "picked"})

    def _move_back(self):
        self._transition({"user_id": False, "state": "waiting"})

    def _finish(self):
        self.filtered(lambda item: item.state != "done")._transition({"state": "done"})

    def _transition(self, vals):
        """Leave the present place and enter the next one: the only way items change."""
        if not self:
            return
        now = fields.Datetime.now()
        before = self.queue_id
        hops = self.hop_ids.filtered(lambda hop: not hop.left_at)
        hops.write({"left_at": now})
        hops.flush_recordset()  # one open hop an item: leave before entering
        self.write({**vals, "entered_at": now})
        if vals["state"] != "done":
            self._open_hops()
        self._notify_screens(before)

    def _open_hops(self):
        self.env["crm.queue.hop"].create(
            [
                {
                    "item_id": item.id,
                    "queue_id": item.queue_id.id,
                    "user_id": item.user_id.id,
                    "entered_at": item.entered_at,
                }
                for item in self
            ]
        )

    def _notify_screens(self, former=None):
        """Tell the open queue screens, which then read again what they may see."""
        queues = self.queue_id | (former or self.queue_id)
        if queues:
            self.env.ref("base.group_user")._bus_send(
                "crm_ext_service.queue/changed", {"queue_ids": queues.ids}
            )

    # ------------------------------------------------------------------ records
    def _records_by_model(self):
        for model, items in self.grouped("res_model").items():
            yield self.env[model].browse(items.mapped("res_id"))

    def _open_record(self):
        record = self.env[self.res_model].browse(self.res_id)
        return record._get_queue_access_action()
