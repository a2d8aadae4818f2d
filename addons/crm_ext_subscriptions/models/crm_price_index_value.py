from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.index_lookup import Observation
from ..tools.indexation import exact

FACTS = ("index_id", "month", "value", "status", "published_on", "vintage")


class CrmPriceIndexValue(models.Model):
    """One vintage of one month of an index: a correction is one more, never a change.

    Without a publication date it never serves under a "last published" rule.
    """

    _name = "crm.price.index.value"
    _description = "Index value"
    _order = "month desc, id desc"

    index_id = fields.Many2one(
        "crm.price.index", required=True, ondelete="restrict", index=True
    )
    month = fields.Date(string="Period", required=True, index=True)
    value = fields.Float(
        digits=0, min_display_digits=1, required=True, aggregator="avg"
    )
    status = fields.Selection(
        [("provisional", "Provisional"), ("final", "Final")],
        default="final",
        required=True,
    )
    published_on = fields.Date(help="Empty when the day of publication is not known.")
    vintage = fields.Char(
        default="entered", required=True, help="Which publication of this period it is."
    )
    source = fields.Char()
    second_source = fields.Char()
    note = fields.Char()
    entered_by = fields.Many2one(
        "res.users", readonly=True, required=True, default=lambda self: self.env.user
    )
    entered_at = fields.Datetime(
        readonly=True, required=True, default=fields.Datetime.now
    )

    _value_positive = models.Constraint("CHECK (value > 0)", "An index is above zero.")
    _vintage_once = models.Constraint(
        "UNIQUE (index_id, month, vintage)",
        "This period has that vintage already: a correction is a new vintage.",
    )

    @api.depends("index_id.code", "month", "value")
    def _compute_display_name(self):
        for record in self:
            month = record.month.strftime("%m/%Y") if record.month else ""
            figure = self._format_figure(record.value)
            record.display_name = f"{record.index_id.code} {month}: {figure}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if month := fields.Date.to_date(vals.get("month")):
                vals["month"] = month.replace(day=1)
        return super().create(vals_list)

    def write(self, vals):
        """Let sources and notes be completed; the facts stay as they were entered."""
        for name in set(FACTS) & vals.keys():
            field = self._fields[name]
            for record in self:
                given = field.convert_to_cache(vals[name], record)
                if given != field.convert_to_cache(record[name], record):
                    raise UserError(
                        self.env._(
                            "%(value)s: an index value is never changed; enter the "
                            "correction as a new vintage.",
                            value=record.display_name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An index value is never deleted; enter a new vintage.")
        )

    @api.model
    def _format_figure(self, value):
        return str(exact(value)) if value % 1 else f"{value:.1f}"

    def _to_observation(self):
        return Observation(
            series=self.index_id.code,
            month=self.month,
            value=exact(self.value),
            published_on=self.published_on or None,
            order=self.id,
            key=self.id,
        )
