from odoo import api, fields, models
from odoo.fields import Domain


class CrmQueueMixin(models.AbstractModel):
    """What a record needs to wait in a team's queue: cases and activities have it.

    The record has a `user_id`; whoever picks its item becomes that user.
    """

    _name = "crm.queue.mixin"
    _description = "Can wait in a queue"

    crm_queue_item_ids = fields.One2many(
        "crm.queue.item",
        "res_id",
        bypass_search_access=True,
        export_string_translation=False,
    )
    crm_queue_id = fields.Many2one(
        "crm.queue",
        string="Waiting in queue",
        compute="_compute_crm_queue_id",
        inverse="_inverse_crm_queue_id",
        search="_search_crm_queue_id",
        help="The team whose members may pick it. Empty once somebody has picked it.",
    )

    @api.depends("crm_queue_item_ids.state", "crm_queue_item_ids.queue_id")
    def _compute_crm_queue_id(self):
        for record in self:
            # whoever reads the record may know where it waits
            item = record.sudo().crm_queue_item_ids[:1]
            record.crm_queue_id = item.queue_id if item.state == "waiting" else False

    def _inverse_crm_queue_id(self):
        for queue, records in self.grouped("crm_queue_id").items():
            if queue:
                queue.check_access("read")  # a program may name one of another company
                records._queue_enter(queue)
            else:
                records._queue_done()

    @api.model
    def _search_crm_queue_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        waiting = Domain("state", "=", "waiting")
        queues = waiting & Domain("queue_id", operator, value)
        domain = Domain("crm_queue_item_ids", "any", queues)
        if operator == "in" and False in value:
            domain |= Domain("crm_queue_item_ids", "not any", waiting)
        return domain

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self._queue_follow_user()
        if self._queue_tracked_fields() & vals.keys():
            for record in self:
                record._queue_items().write(record._prepare_queue_item_values())
        return result

    def unlink(self):
        items = self._queue_items()
        result = super().unlink()
        items.unlink()
        return result

    # ------------------------------------------------------------------ queue
    def _queue_items(self):
        # sudo: the item follows its record, whoever changes it
        return (
            self.env["crm.queue.item"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                ]
            )
        )

    def _queue_enter(self, queue, user=None):
        """Put the records in the queue, or straight into the hands of a user."""
        items = self._queue_items()
        items._move_to(queue, user)
        known = set(items.mapped("res_id"))
        # sudo: anybody may hand work over to a queue; only these methods write items
        self.env["crm.queue.item"].sudo()._add(
            self.filtered(lambda record: record.id not in known), queue, user
        )

    def _queue_done(self):
        self._queue_items()._finish()

    def _queue_follow_user(self):
        """The holder was set on the record itself: its item follows."""
        users = {record.id: record.user_id for record in self}
        for item in self._queue_items():
            user = users[item.res_id]
            if item.state != "done" and item.user_id != user:
                item._move_to(item.queue_id, user)

    def _queue_picked(self, user):
        """Somebody has picked the records."""
        return self.write({"user_id": user.id})

    def _queue_released(self):
        """The records wait again: nobody holds them."""
        self.filtered("user_id").write({"user_id": False})

    # ------------------------------------------------------------------ hooks
    @api.model
    def _queue_tracked_fields(self):
        """The fields that the item shows."""
        return set()

    def _prepare_queue_item_values(self):
        self.ensure_one()
        return {"name": self.display_name}

    def _get_queue_since(self):
        """Since when the record waits, the first time that it enters a queue."""
        return fields.Datetime.now()

    def _get_queue_access_action(self):
        """What opens when the item has been picked."""
        return self.get_formview_action()
