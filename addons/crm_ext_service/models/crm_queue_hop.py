from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_ext_core.tools.hooks import AuditFinding


class CrmQueueHop(models.Model):
    """One stay of an item: waiting in a queue (no user) or in one person's hands."""

    _name = "crm.queue.hop"
    _description = "Hand-over"
    _order = "entered_at, id"

    item_id = fields.Many2one(
        "crm.queue.item", required=True, readonly=True, index=True, ondelete="cascade"
    )
    queue_id = fields.Many2one(
        "crm.queue", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="Held by", readonly=True, index="btree_not_null"
    )
    entered_at = fields.Datetime(string="From", required=True, readonly=True)
    left_at = fields.Datetime(string="Until", readonly=True)
    hours = fields.Float(
        string="Duration", compute="_compute_hours", store=True, aggregator="avg"
    )
    company_id = fields.Many2one(related="queue_id.company_id", store=True, index=True)

    _open_uniq = models.UniqueIndex(
        "(item_id) WHERE left_at IS NULL", "An item is in one place at a time."
    )
    _order_check = models.Constraint(
        "CHECK (left_at IS NULL OR left_at >= entered_at)",
        "Nobody leaves before having entered.",
    )

    @api.depends("entered_at", "left_at")
    def _compute_hours(self):
        for hop in self:
            if hop.left_at:
                hop.hours = (hop.left_at - hop.entered_at).total_seconds() / 3600
            else:
                hop.hours = 0.0

    @api.model
    def _audit_open_hops(self):
        """Two open hops are forbidden by index, and each live item has its hop."""
        lost = self.env["crm.queue.item"].search(
            [
                ("state", "!=", "done"),
                ("hop_ids", "not any", [("left_at", "=", False)]),
            ]
        )
        faults = [item.name for item in lost]
        if not self._has_open_index():
            faults.append(
                self.env._("The index that forbids two open hops is missing.")
            )
        return AuditFinding(
            broken=len(faults),
            detail="\n".join(faults[:20]),
            res_model=lost._name,
            res_ids=tuple(lost.ids),
        )

    def _has_open_index(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT 1 FROM pg_indexes WHERE indexname = %s",
                f"{self._table}_open_uniq",
            )
        )
        return bool(rows)
