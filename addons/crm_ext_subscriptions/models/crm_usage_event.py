import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_ext_core.tools.hooks import AuditFinding

# Only code in this process can hold this object: see STATE_CHANGE
DECISION = object()
DECISION_FIELDS = {"decision", "decided_by", "is_late"}
INPUT_FIELDS = ("meter_id", "line_id", "at", "quantity", "key", "unit_key")


class CrmUsageEvent(models.Model):
    """A metered fact: so many units at an instant, on a subscription line.

    Events are only ever added; a wrong one is corrected by another one. Each is billed
    by one row of the ledger at most: the link is its only place, and is written once.
    The key makes sending again harmless: PostgreSQL keeps one event a meter and key.
    """

    _name = "crm.usage.event"
    _description = "Usage"
    _order = "at desc, id desc"
    _rec_name = "key"

    meter_id = fields.Many2one("crm.usage.meter", required=True, ondelete="restrict")
    line_id = fields.Many2one(
        "crm.subscription.line",
        string="Subscription line",
        required=True,
        ondelete="restrict",
        domain="[('line_type', '=', 'usage'), ('meter_id', '=?', meter_id), "
        "('state', 'in', ('running', 'paused'))]",
    )
    subscription_id = fields.Many2one(
        "crm.subscription",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    uom_id = fields.Many2one(related="meter_id.uom_id")
    at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    day = fields.Date(
        required=True, readonly=True, help="The day in the meter's time zone."
    )
    quantity = fields.Float(
        digits=(18, 6), min_display_digits="Product Unit", required=True
    )
    key = fields.Char(
        string="Idempotency key",
        required=True,
        default=lambda self: str(uuid.uuid4()),
        help="Sending the same key again records nothing more.",
    )
    unit_key = fields.Char(
        string="Counted key",
        help="For meters that count different keys: a user, a device...",
    )
    source = fields.Selection(
        [("form", "Form"), ("file", "File"), ("api", "API")],
        default="form",
        required=True,
        readonly=True,
    )
    is_late = fields.Boolean(
        string="Late", readonly=True, help="Its period was billed when it arrived."
    )
    decision = fields.Selection(
        [("bill", "Bill with the next invoice"), ("leave", "Leave unbilled")],
        readonly=True,
        help="What was decided about late usage that waits for a decision.",
    )
    decided_by = fields.Many2one("res.users", readonly=True)
    billing_period_id = fields.Many2one(
        "crm.billing.period",
        string="Billed by",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "To bill"),
            ("late", "To decide"),
            ("left", "Left unbilled"),
            ("billed", "Billed"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    _key_unique = models.UniqueIndex(
        "(meter_id, key)", "This usage is recorded already under the same key."
    )
    _billing_idx = models.Index(
        "(line_id, day) WHERE billing_period_id IS NULL",
    )
    _list_idx = models.Index("(company_id, at DESC, id DESC)")

    @api.depends("billing_period_id", "decision", "is_late", "meter_id.late_policy")
    def _compute_state(self):
        for event in self:
            if event.billing_period_id:
                event.state = "billed"
            elif event.decision == "leave":
                event.state = "left"
            elif event._is_undecided():
                event.state = "late"
            else:
                event.state = "waiting"

    def _is_undecided(self):
        by_hand = self.meter_id.late_policy == "manual"
        return self.is_late and by_hand and not self.decision

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        undecided = [
            ("billing_period_id", "=", False),
            ("is_late", "=", True),
            ("decision", "=", False),
            ("meter_id.late_policy", "=", "manual"),
        ]
        late = fields.Domain(undecided)
        domains = {
            "billed": fields.Domain("billing_period_id", "!=", False),
            "left": fields.Domain("decision", "=", "leave"),
            "late": late,
            "waiting": fields.Domain("billing_period_id", "=", False)
            & fields.Domain("decision", "in", (False, "bill"))
            & ~late,
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.model_create_multi
    # the insertion in _record_values is the one way in, for forms as for programs
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Record usage as the API does, and refuse all when one is refused."""
        inputs = [
            {name: vals[name] for name in INPUT_FIELDS if vals.get(name) is not None}
            for vals in vals_list
        ]
        defaults = self.default_get(["at", "key"])
        answers = self._record_values([defaults | values for values in inputs])
        if refused := [it for it in answers if it["status"] == "refused"]:
            raise UserError("\n".join(answer["message"] for answer in refused))
        return self.browse(answer["id"] for answer in answers)

    def write(self, vals):
        deciding = self.env.context.get("crm_decision") is DECISION
        if not deciding or vals.keys() - DECISION_FIELDS:
            raise UserError(
                self.env._(
                    "Usage is never changed: record a correction, with a negative "
                    "quantity if need be."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Usage is never deleted: record a correction instead.")
        )

    # ------------------------------------------------------------------ late usage
    def action_bill_late(self):
        """Have late usage billed with the next invoice of its subscription."""
        return self._decide("bill")

    def action_leave_unbilled(self):
        """State that late usage stays unbilled, and who said so."""
        return self._decide("leave")

    def _decide(self, decision):
        self.env["crm.subscription"]._check_may_bill()
        self.check_access("read")
        if self.filtered(lambda event: event.state != "late"):
            raise UserError(self.env._("Only late usage still to decide is treated."))
        # sudo: whoever bills decides; nobody has the right to write events
        self.sudo().with_context(crm_decision=DECISION).write(
            {"decision": decision, "decided_by": self.env.uid}
        )
        return True

    # ------------------------------------------------------------------ self-audit
    @api.model
    def _audit_days(self):
        """Billed usage whose day lies outside the row that bills it."""
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                """SELECT e.id FROM crm_usage_event e
                     JOIN crm_billing_period p ON p.id = e.billing_period_id
                    WHERE e.line_id <> p.line_id
                       OR e.day NOT BETWEEN p.date_from AND p.date_to"""
            )
        )
        ids = tuple(row[0] for row in found)
        return AuditFinding(broken=len(ids), res_model=self._name, res_ids=ids)
