from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.indexation import exact, plain, revise


class CrmPriceRevision(models.Model):
    """The proof of one revised price: figures, values, publication days, every step.

    Written once by the engine and never edited, so that it can be read, defended and
    replayed years later. Applying it adds a dated version to the line.
    """

    _name = "crm.price.revision"
    _description = "Price revision"
    _inherit = ["mail.thread"]
    _order = "effective_date desc, id desc"

    line_id = fields.Many2one(
        "crm.subscription.line", required=True, ondelete="restrict", index=True
    )
    subscription_id = fields.Many2one(
        related="line_id.subscription_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True)
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True)
    clause_id = fields.Many2one(
        "crm.index.clause", required=True, ondelete="restrict", index=True
    )
    effective_date = fields.Date(required=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("applied", "Applied"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        tracking=True,
        index=True,
    )
    p0 = fields.Float(digits=0, min_display_digits="Product Price")
    p1 = fields.Float(digits=0, min_display_digits="Product Price")
    s0_value_id = fields.Many2one(
        "crm.price.index.value", string="S0", required=True, ondelete="restrict"
    )
    s1_value_id = fields.Many2one(
        "crm.price.index.value", string="S1", required=True, ondelete="restrict"
    )
    s0 = fields.Float(string="Value of S0", digits=0, min_display_digits=1)
    s1 = fields.Float(string="Value of S1", digits=0, min_display_digits=1)
    s0_published_on = fields.Date(string="S0 published on")
    s1_published_on = fields.Date(string="S1 published on")
    link = fields.Char(string="Link coefficient")
    ratio = fields.Char()
    coefficient = fields.Char()
    ratio_percent = fields.Float(
        string="Ratio S1/S0, %",
        digits=(16, 3),
        aggregator="avg",
        help="Variation of the ratio of the two indices.",
    )
    price_percent = fields.Float(
        string="Rounded prices, %",
        digits=(16, 3),
        aggregator="avg",
        help="Variation between the old price and the new one as rounded.",
    )
    steps = fields.Json()
    proof = fields.Html(compute="_compute_proof", sanitize=False)
    index_verified = fields.Boolean(related="clause_id.index_id.verified")
    approved_by = fields.Many2one("res.users")
    applied_at = fields.Datetime()
    version_ids = fields.One2many("crm.subscription.line.version", "price_revision_id")

    _once_a_date = models.UniqueIndex(
        "(line_id, effective_date) WHERE state <> 'cancelled'",
        "This line is revised at this date already.",
    )

    @api.depends("line_id", "effective_date")
    def _compute_display_name(self):
        for revision in self:
            revision.display_name = (
                f"{revision.subscription_id.name} {revision.line_id.product_id.name} "
                f"{revision.effective_date or ''}"
            )

    @api.depends("steps", "p0", "p1")
    @api.depends_context("lang")
    def _compute_proof(self):
        labels = self._get_step_labels()
        for revision in self:
            revision.proof = self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.price_revision_proof",
                {"revision": revision, "labels": labels, "figure": self._get_figure()},
            )

    @api.model
    def _get_figure(self):
        """A function that writes exact strings with the reader's decimal sign."""
        point = (
            self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point
        )
        return lambda text: str(text).replace(".", point or ".")

    @api.model
    def _format_exact(self, value, decimals=1):
        """A figure with all its decimals, and at least so many."""
        whole, _point, rest = plain(exact(value)).partition(".")
        return f"{whole}.{rest.ljust(decimals, '0')}"

    @api.model
    def _format_percent(self, value):
        return f"{value:+.3f} %"

    def _get_formula_in_numbers(self):
        """The clause's formula with the figures in it, as the customer may check it."""
        self.ensure_one()
        p0, s0, s1 = (plain(exact(self[name])) for name in ("p0", "s0", "s1"))
        fraction = f"{s1} × {self.link} / {s0}" if self.link else f"{s1} / {s0}"
        formula = self.clause_id._to_formula()
        if formula.fixed:
            fraction = (
                f"({plain(formula.fixed)} + {plain(formula.indexed)} × {fraction})"
            )
        exact_price = self.steps[-1]["before"] if self.steps else ""
        return f"{p0} × {fraction} = {exact_price[:14]} → {plain(exact(self.p1))}"

    # ------------------------------------------------------------------ actions
    def action_approve(self):
        """Answer for the figures; only a confirmed series may become a price."""
        self._check_may_decide("draft")
        used = self.s0_value_id.index_id | self.s1_value_id.index_id
        unverified = used.filtered(lambda index: not index.verified)
        if unverified:
            raise UserError(
                self.env._(
                    "%(series)s: the series is not confirmed. An accountant confirms "
                    "it with one click before its first use.",
                    series=", ".join(unverified.mapped("name")),
                )
            )
        self._advance({"state": "approved", "approved_by": self.env.uid})
        return True

    def action_apply(self):
        """Add to each line a version at the new price from the effective date."""
        self._check_may_decide("approved")
        for revision in self:
            revision._check_not_billed()
            revision._check_base()
        # versions are history: no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(
            [vals for revision in self for vals in revision._prepare_versions()]
        )
        self._advance({"state": "applied", "applied_at": fields.Datetime.now()})
        return True

    def action_cancel(self):
        """Drop a revision that is not applied; its record stays."""
        if self.filtered(lambda revision: revision.state not in ("draft", "approved")):
            raise UserError(self.env._("An applied revision is not cancelled."))
        self._check_may_decide(None)
        self._advance({"state": "cancelled"})
        return True

    def _check_may_decide(self, state):
        if not self.env.user.has_groups(
            "crm_ext_subscriptions.group_subscriptions_manager,"
            "crm_ext_subscriptions.group_subscriptions_accountant"
        ):
            raise AccessError(
                self.env._("A manager or an accountant decides on a price revision.")
            )
        if state and self.filtered(lambda revision: revision.state != state):
            raise UserError(self.env._("This revision is not at that stage."))

    def _advance(self, vals):
        self.check_access("read")
        # closed to direct writing: the rights were checked by the calling action
        self.sudo().write(vals)

    def _check_not_billed(self):
        # sudo: a row that one may not read is billed all the same
        billed = self.line_id.sudo().period_ids.filtered(
            lambda row: not row.cancelled and row.date_to >= self.effective_date
        )
        if billed:
            raise UserError(
                self.env._(
                    "%(revision)s: billed until %(date)s already. Choose a later "
                    "effective date.",
                    revision=self.display_name,
                    date=max(billed.mapped("date_to")),
                )
            )

    def _check_base(self):
        """A revision applied meanwhile at an earlier date gives another P0 and S0."""
        if not self._find_last(self.line_id, self.clause_id, self.effective_date):
            return
        p0, s0_value = self._find_base(
            self.line_id, self.clause_id, self.effective_date
        )
        if (p0, s0_value) != (exact(self.p0), self.s0_value_id):
            raise UserError(
                self.env._(
                    "%(revision)s: another revision was applied meanwhile. Cancel this "
                    "one and revise anew.",
                    revision=self.display_name,
                )
            )

    # ------------------------------------------------------------------ bridge
    @api.model
    def _prepare_revision(self, line, clause, day):
        """Compute a revision of one line; nothing is written."""
        p0, s0_value = self._find_base(line, clause, day)
        s1_value = clause._find_s1(day)
        link = s0_value.index_id._link_to(s1_value.index_id)
        revised = revise(
            p0, exact(s0_value.value), exact(s1_value.value), clause._to_formula(), link
        )
        return self._apply_revised(revised) | {
            "line_id": line.id,
            "clause_id": clause.id,
            "effective_date": day,
            "p0": float(p0),
            "s0_value_id": s0_value.id,
            "s1_value_id": s1_value.id,
            "s0": s0_value.value,
            "s1": s1_value.value,
            "s0_published_on": s0_value.published_on,
            "s1_published_on": s1_value.published_on,
        }

    @api.model
    def _apply_revised(self, revised):
        """Values of a reckoning as they are stored: exact figures are strings."""
        return {
            "p1": float(revised.price),
            "link": plain(revised.link) if revised.link else False,
            "ratio": plain(revised.ratio),
            "coefficient": plain(revised.coefficient),
            "ratio_percent": float(revised.ratio_percent),
            "price_percent": float(revised.price_percent),
            "steps": [step.as_dict() for step in revised.steps],
        }

    @api.model
    def _find_base(self, line, clause, day):
        """P0 and S0: of the last revision applied before the day, or of the start."""
        if last := self._find_last(line, clause, day):
            return exact(line._get_version_at(day).price_unit), last.s1_value_id
        first = line.version_ids.sorted(lambda version: (version.date_from, version.id))
        return exact((first[:1] or line).price_unit), clause._find_s0()

    @api.model
    def _find_last(self, line, clause, day):
        """The revision that the clause goes on from: none for original prices."""
        if clause.base == "original":
            return self.browse()
        applied = line.version_ids.price_revision_id.filtered(
            lambda revision: revision.effective_date < day
        )
        return applied.sorted("effective_date")[-1:]

    def _prepare_versions(self):
        return self.line_id._prepare_terms_from(
            self.effective_date,
            {"price_unit": self.p1},
            reason="revision",
            price_revision_id=self.id,
        )

    @api.model
    def _get_step_labels(self):
        return {
            "link": self.env._("Link coefficient"),
            "linked_index": self.env._("S1 read in the series of S0"),
            "ratio": self.env._("Ratio S1 / S0"),
            "coefficient": self.env._("Coefficient"),
            "unit_price": self.env._("New price"),
            "half_up": self.env._("half up"),
            "up": self.env._("up"),
            "down": self.env._("down"),
            "half_even": self.env._("half to even"),
        }
