from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.indexation import Link, Rounding, exact


class CrmPriceIndex(models.Model):
    """A series of an index; a rebase is a new series, the old one's successor."""

    _name = "crm.price.index"
    _description = "Price index"
    _order = "code"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    publisher = fields.Char()
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")], default="month", required=True
    )
    decimals = fields.Integer(default=1, help="Decimals as the publisher prints them.")
    active = fields.Boolean(default=True)
    note = fields.Html(translate=True)
    verified = fields.Boolean(
        string="Confirmed",
        readonly=True,
        copy=False,
        help="An accountant has compared the values with the publisher's. A price is "
        "revised with a confirmed series only.",
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
        if not self.env.user.has_groups(
            "crm_ext_subscriptions.group_subscriptions_accountant,"
            "crm_ext_subscriptions.group_subscriptions_manager"
        ):
            raise AccessError(self.env._("An accountant confirms an index series."))
        if self.filtered(lambda index: not index.value_ids):
            raise UserError(self.env._("A series without values cannot be confirmed."))
        # the rights were checked just above; the field itself is closed to everybody
        self.sudo().write(
            {
                "verified": True,
                "verified_by": self.env.uid,
                "verified_on": fields.Date.context_today(self),
            }
        )
        return True

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

    def _link_to(self, later):
        """The link from this series to the one after it, None within a series."""
        if later == self:
            return None
        if later == self.successor_id:
            return self._to_link()
        raise UserError(
            self.env._(
                "%(later)s does not follow %(index)s directly: no link is known.",
                later=later.name,
                index=self.name,
            )
        )
