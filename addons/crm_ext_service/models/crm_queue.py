from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmQueue(models.Model):
    """Where work waits until a member picks it."""

    _name = "crm.queue"
    _description = "Queue"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "crm.case.team",
        string="Service team",
        check_company=True,
        index="btree_not_null",
        help="The members of this team may pick, besides those listed here.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "crm_queue_member_rel",
        "queue_id",
        "user_id",
        string="Members",
        domain=[("share", "=", False)],
    )

    item_ids = fields.One2many("crm.queue.item", "queue_id")
    is_member = fields.Boolean(compute="_compute_is_member")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    picked_count = fields.Integer(string="In progress", compute="_compute_counts")
    mine_count = fields.Integer(string="Mine", compute="_compute_counts")
    oldest_entered_at = fields.Datetime(string="Oldest", compute="_compute_counts")

    @api.depends("member_ids", "team_id.member_ids")
    @api.depends_context("uid")
    def _compute_is_member(self):
        user = self.env.user
        for queue in self:
            # sudo: whether one may pick here, also for who may not read teams
            members = queue.sudo().member_ids | queue.sudo().team_id.member_ids
            queue.is_member = user in members

    @api.depends("item_ids.state", "item_ids.user_id")
    @api.depends_context("uid")
    def _compute_counts(self):
        # sudo: how much work a team has is no secret, what it is may be one
        item = self.env["crm.queue.item"].sudo()
        live = [("queue_id", "in", self.ids), ("state", "!=", "done")]
        groups = item._read_group(
            live, ["queue_id", "state"], ["__count", "entered_at:min"]
        )
        by_state = {(queue, state): rest for queue, state, *rest in groups}
        mine = dict(
            item._read_group(
                [*live, ("user_id", "=", self.env.uid)], ["queue_id"], ["__count"]
            )
        )
        for queue in self:
            waiting, oldest = by_state.get((queue, "waiting"), (0, False))
            queue.waiting_count = waiting
            queue.oldest_entered_at = oldest
            queue.picked_count = by_state.get((queue, "picked"), (0, False))[0]
            queue.mine_count = mine.get(queue, 0)

    # ------------------------------------------------------------------ actions
    def action_pick_next(self):
        """Pick the most urgent waiting item that nobody else is picking right now."""
        self.ensure_one()
        waiting = self.env["crm.queue.item"].search(
            [("queue_id", "=", self.id), ("state", "=", "waiting")], limit=100
        )
        item = waiting.try_lock_for_update(allow_referencing=True, limit=1)
        if not item:
            raise UserError(
                self.env._(
                    "Nothing is waiting in the queue %(queue)s.", queue=self.name
                )
            )
        return item.action_pick()

    def action_open_items(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_service.crm_queue_item_action"
        )
        return action | {
            "name": self.name,
            "domain": [("queue_id", "=", self.id)],
            "context": {"search_default_waiting": 1},
        }
