from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.index_period import period_label, period_start
from ..tools.index_series import Observation
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
        string="Name of the vintage",
        default="entered",
        required=True,
        help="Which publication of this period it is, as files and programs name it.",
    )
    vintage_label = fields.Char(string="Vintage", compute="_compute_vintage_label")
    source = fields.Char()
    second_source = fields.Char()
    note = fields.Char()
    verified = fields.Boolean(
        string="Confirmed",
        readonly=True,
        copy=False,
        help="An accountant has compared this value with the publisher's.",
    )
    verified_by = fields.Many2one("res.users", readonly=True, copy=False)
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
            figure = self._format_figure(record.value)
            label = record._get_period_label()
            record.display_name = f"{record.index_id.code} {label}: {figure}"

    @api.depends("vintage")
    @api.depends_context("lang")
    def _compute_vintage_label(self):
        for record in self:
            record.vintage_label = self._get_vintage_label(record.vintage)

    @api.model
    def _get_vintage_label(self, vintage):
        """A vintage in the reader's words; one that somebody named stays as named."""
        return {
            "entered": self.env._("Entered"),
            "only known": self.env._("Only one known"),
            "final": self.env._("Final"),
            "corrected": self.env._("Corrected"),
            "inferred month": self.env._("Month inferred"),
            "frozen (Oct 2020 - Jan 2021)": self.env._("Frozen (Oct 2020 - Jan 2021)"),
        }.get(vintage, vintage)

    @api.model_create_multi
    def create(self, vals_list):
        indices = self.env["crm.price.index"]
        for vals in vals_list:
            self._refuse_verifying(vals)
            unit = indices.browse(vals.get("index_id")).period or "month"
            if month := fields.Date.to_date(vals.get("month")):
                vals["month"] = period_start(month, unit)
        return super().create(vals_list)

    def write(self, vals):
        """Let sources and notes be completed; the facts stay as they were entered."""
        self._refuse_verifying(vals)
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

    def _refuse_verifying(self, vals):
        if {"verified", "verified_by"} & vals.keys() and not self.env.su:
            raise AccessError(self.env._("A value is confirmed by its button only."))

    # ------------------------------------------------------------------ actions
    def action_verify(self):
        """The accountant answers for these values."""
        self.index_id._check_may_verify()
        self._verify()
        return True

    def _verify(self):
        self.check_access("read")
        # the rights were checked by the caller; the field is closed to everybody
        self.filtered(lambda value: not value.verified).sudo().write(
            {"verified": True, "verified_by": self.env.uid}
        )

    # ------------------------------------------------------------------ bridge
    def _get_period_label(self):
        return (
            period_label(self.month, self.index_id.period or "month")
            if self.month
            else ""
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
            provisional=self.status == "provisional",
            vintage=self.vintage,
        )
