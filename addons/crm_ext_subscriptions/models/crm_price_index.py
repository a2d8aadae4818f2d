from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.index_rounding import Link, Rounding
from ..tools.index_series import Series
from ..tools.indexation import exact


class CrmPriceIndex(models.Model):
    """A series of an index; a rebase is a new series, the old one's successor."""

    _name = "crm.price.index"
    _description = "Price index"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "code"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    alias = fields.Char(
        string="Other names",
        help="Other names of the series in files and calls, separated by commas.",
    )
    publisher = fields.Char()
    base = fields.Char(help="As the publisher states it: 100 in January 1961.")
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")], default="month", required=True
    )
    decimals = fields.Integer(default=1, help="Decimals as the publisher prints them.")
    active = fields.Boolean(default=True)
    active_from = fields.Date(
        string="First period", help="No value is taken in for an earlier period."
    )
    active_to = fields.Date(
        string="Last period", help="The series stopped: no value after this period."
    )
    earliest_days = fields.Integer(
        string="Never out before",
        help="Days after the end of a period before which no value was ever published. "
        "It dates nothing: it tells which values cannot have been out at a date.",
    )
    publication_days = fields.Integer(
        string="Late after",
        help="Days after the end of a period by which its value is normally out; past "
        "them an activity asks for it. 0: never asked for.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Kept by",
        domain=[("share", "=", False)],
        help="Whom the activity for a late value goes to.",
    )
    note = fields.Html(translate=True)
    verified = fields.Boolean(
        string="Confirmed",
        readonly=True,
        copy=False,
        help="An accountant has compared the values with the publisher's. A price is "
        "revised with confirmed values only.",
    )
    verified_by = fields.Many2one("res.users", readonly=True, copy=False)
    verified_on = fields.Date(readonly=True, copy=False)

    # uninstalling deletes the two linked series in any order
    successor_id = fields.Many2one("crm.price.index", ondelete="set null", index=True)
    link_own_value = fields.Float(
        string="Value in this series",
        digits=0,
        help="The same moment measured in this series and in its successor: a value of "
        "the successor x this value / the successor's = its equivalent here.",
    )
    link_successor_value = fields.Float(string="Value in the successor", digits=0)
    link_digits = fields.Integer(
        string="Decimals of the link",
        default=5,
        help="Decimals of the published link coefficient.",
    )
    link_coefficient = fields.Char(compute="_compute_link_coefficient")

    value_ids = fields.One2many("crm.price.index.value", "index_id")
    unverified_count = fields.Integer(
        string="Values to confirm", compute="_compute_unverified_count"
    )
    value_count = fields.Integer(compute="_compute_last_value")
    last_month = fields.Date(compute="_compute_last_value")
    last_value = fields.Float(
        digits=0, min_display_digits=1, compute="_compute_last_value"
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "An index has one code.")
    _link_complete = models.Constraint(
        "CHECK (successor_id IS NULL OR (link_own_value > 0 AND "
        "link_successor_value > 0))",
        "A successor needs the two values of the link.",
    )
    _earliest_days_valid = models.Constraint(
        "CHECK (earliest_days BETWEEN 0 AND 366 AND publication_days BETWEEN 0 AND "
        "366)",
        "Never out before, late after: enter a number of days from 0 to 366.",
    )
    _link_digits_valid = models.Constraint(
        "CHECK (link_digits BETWEEN 0 AND 15)",
        "Decimals of the link: enter a number from 0 to 15.",
    )

    @api.depends(
        "successor_id", "link_own_value", "link_successor_value", "link_digits"
    )
    def _compute_link_coefficient(self):
        for index in self:
            link = index._to_link()
            index.link_coefficient = str(link.coefficient()) if link else ""

    @api.depends("value_ids")
    def _compute_last_value(self):
        latest = {
            index: (count, month)
            for index, count, month in self.env["crm.price.index.value"]._read_group(
                [("index_id", "in", self.ids)], ["index_id"], ["__count", "month:max"]
            )
        }
        for index in self:
            index.value_count, index.last_month = latest.get(index, (0, False))
            values = index.value_ids.filtered(
                lambda value, month=index.last_month: value.month == month
            )
            index.last_value = values.sorted("id")[-1:].value

    @api.depends("value_ids.verified")
    def _compute_unverified_count(self):
        counts = dict(
            self.env["crm.price.index.value"]._read_group(
                [("index_id", "in", self.ids), ("verified", "=", False)],
                ["index_id"],
                ["__count"],
            )
        )
        for index in self:
            index.unverified_count = counts.get(index, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_verifying(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_verifying(vals)
        return super().write(vals)

    def _refuse_verifying(self, vals):
        if {"verified", "verified_by", "verified_on"} & vals.keys() and not self.env.su:
            raise AccessError(self.env._("A series is confirmed by its button only."))

    # ------------------------------------------------------------------ actions
    def action_verify(self):
        """The accountant answers for the values: from now on they may revise prices."""
        self._check_may_verify()
        if self.filtered(lambda index: not index.value_ids):
            raise UserError(self.env._("A series without values cannot be confirmed."))
        self.value_ids._verify()
        # the rights were checked just above; the field itself is closed to everybody
        self.sudo().write(
            {
                "verified": True,
                "verified_by": self.env.uid,
                "verified_on": fields.Date.context_today(self),
            }
        )
        return True

    def _may_verify(self):
        return self.env.user.has_groups(
            "crm_ext_subscriptions.group_subscriptions_accountant,"
            "crm_ext_subscriptions.group_subscriptions_manager"
        )

    def _check_may_verify(self):
        if not self._may_verify():
            raise AccessError(self.env._("An accountant confirms an index series."))

    def action_view_values(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_index_value_action"
        )
        return action | {
            "domain": [("index_id", "in", self.ids)],
            "views": [(False, "graph"), (False, "list")],
            "view_mode": "graph,list",
            "context": {"default_index_id": self.id, "fill_temporal": False},
        }

    # ------------------------------------------------------------------ bridge
    def _get_chain(self):
        """The series, its successor, and so on."""
        chain = self.browse()
        index = self
        while index and index not in chain:
            chain += index
            index = index.successor_id
        return chain

    def _get_chains(self):
        """All the series that these may be continued by, each once."""
        return self.browse().union(*[index._get_chain() for index in self])

    def _to_link(self):
        if not (
            self.successor_id and self.link_own_value and self.link_successor_value
        ):
            return None
        return Link(
            old_anchor=exact(self.link_own_value),
            new_anchor=exact(self.link_successor_value),
            rounding=Rounding(self.link_digits),
        )

    def _to_chain(self):
        """The series and those that follow it, as the engine reads them."""
        return tuple(
            Series(
                index.code,
                index.period,
                index._to_link(),
                index.earliest_days,
                index.active_to or None,
            )
            for index in self._get_chain()
        )

    @api.model
    def _get_names(self):
        """{each name in lower case: its series} of all the series."""
        names = {}
        for index in self.search(Domain.TRUE):
            series = Series(index.code, index.period)
            aliases = (index.alias or "").split(",")
            for name in (str(index.id), index.name, *aliases, index.code):
                if key := (name or "").strip().lower():
                    names[key] = series
        return names
