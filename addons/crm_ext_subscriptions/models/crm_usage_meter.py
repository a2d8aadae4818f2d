from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.usage import LEVELS

# what was metered under them would mean something else
FROZEN_FIELDS = {"aggregation", "tz", "company_id", "code"}


class CrmUsageMeter(models.Model):
    """What is counted: its unit, how events add up, and what becomes of late ones."""

    _name = "crm.usage.meter"
    _description = "Usage meter"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="How the API and the files name this meter, such as api."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        required=True,
        default=lambda self: self.env.ref("uom.product_uom_unit", False),
    )
    aggregation = fields.Selection(
        [
            ("sum", "Sum of the quantities"),
            ("max", "Highest quantity"),
            ("last", "Last quantity"),
            ("unique", "Number of different keys"),
        ],
        default="sum",
        required=True,
        help="How the events of a period become its quantity. A highest or last "
        "quantity is a level: it is priced for a full period and taken by days.",
    )
    late_policy = fields.Selection(
        [
            ("next_invoice", "Bill with the next invoice"),
            ("refuse", "Refuse"),
            ("manual", "Decide by hand"),
        ],
        default="next_invoice",
        required=True,
        help="Usage that arrives once its period is billed.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        default=lambda self: self._default_tz(),
        help="Where the days of the usage begin and end.",
    )
    note = fields.Text(string="What it counts", translate=True)
    line_ids = fields.One2many("crm.subscription.line", "meter_id")
    event_count = fields.Integer(compute="_compute_counts")
    subscription_count = fields.Integer(compute="_compute_counts")

    _code_unique = models.UniqueIndex(
        "(company_id, code)", "Another meter of the company has this code."
    )

    @api.model
    def _default_tz(self):
        return self.env.company._crm_get_timezone()

    def _compute_counts(self):
        events = self._count_by_meter("crm.usage.event", "__count")
        lines = self._count_by_meter(
            "crm.subscription.line", "subscription_id:count_distinct"
        )
        for meter in self:
            meter.event_count = events.get(meter, 0)
            meter.subscription_count = lines.get(meter, 0)

    def _count_by_meter(self, model, aggregate):
        return dict(
            self.env[model]._read_group(
                [("meter_id", "in", self.ids)], ["meter_id"], [aggregate]
            )
        )

    def write(self, vals):
        frozen = FROZEN_FIELDS & vals.keys()
        # sudo: events that one may not read were metered all the same
        if frozen and self.sudo().env["crm.usage.event"].search_count(
            [("meter_id", "in", self.ids)], limit=1
        ):
            labels = [self._fields[name].string for name in sorted(frozen)]
            raise UserError(
                self.env._(
                    "%(names)s: usage was recorded already, so %(fields)s can no "
                    "longer be changed. Make another meter.",
                    names=", ".join(self.mapped("name")),
                    fields=", ".join(labels),
                )
            )
        return super().write(vals)

    def action_view_events(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_usage_event_action"
        )
        return action | {"domain": [("meter_id", "in", self.ids)], "context": {}}

    def _is_level(self):
        return self.aggregation in LEVELS

    def _get_zone(self):
        return ZoneInfo(self.tz)
