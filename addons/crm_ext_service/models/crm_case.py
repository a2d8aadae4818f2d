from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCase(models.Model):
    """A customer's incident, request or problem, from first mail to last minute.

    The stage's kind decides what happens: closing deducts the time from the hour books,
    reopening gives it back. Mail, queue and hours are in the files named after them.
    """

    _name = "crm.case"
    _description = "Case"
    _inherit = [
        "portal.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
        "crm.queue.mixin",
        "crm.tag.mixin",
    ]
    _order = "priority desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _mail_thread_customer = True
    _primary_email = "email_from"
    _rec_names_search = ["number", "name", "partner_id.name"]

    name = fields.Char(string="Subject", required=True, tracking=True, index="trigram")
    number = fields.Char(readonly=True, copy=False, index=True)
    active = fields.Boolean(default=True)
    description = fields.Html()
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Important"), ("2", "High"), ("3", "Urgent")],
        default="0",
        required=True,
        tracking=True,
    )
    category_id = fields.Many2one(
        "crm.case.category", tracking=True, index="btree_not_null"
    )
    kind = fields.Selection(related="category_id.kind", store=True)
    channel = fields.Selection(
        [("phone", "Phone"), ("mail", "E-mail"), ("portal", "Portal"), ("api", "API")],
        default="phone",
        required=True,
    )

    partner_id = fields.Many2one(
        "res.partner", string="Contact", tracking=True, index="btree_not_null"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        related="partner_id.commercial_partner_id",
        store=True,
        index="btree_not_null",
    )
    email_from = fields.Char(
        string="E-mail", compute="_compute_contact", store=True, readonly=False
    )
    phone = fields.Char(compute="_compute_contact", store=True, readonly=False)
    product_id = fields.Many2one(
        "product.product", check_company=True, index="btree_not_null"
    )

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
    )
    team_id = fields.Many2one(
        "crm.case.team",
        default=lambda self: self.env["crm.case.team"]._get_default_team(),
        required=True,
        tracking=True,
        index=True,
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Handled by",
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    stage_id = fields.Many2one(
        "crm.case.stage",
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        tracking=True,
        index=True,
        copy=False,
        group_expand="_group_expand_stage_id",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    stage_kind = fields.Selection(related="stage_id.kind")
    is_closed = fields.Boolean(
        string="Closed", related="stage_id.is_closed", store=True, index=True
    )
    opened_at = fields.Datetime(
        string="Opened", default=fields.Datetime.now, required=True, copy=False
    )
    closed_at = fields.Datetime(string="Closed on", readonly=True, copy=False)
    color = fields.Integer()

    _number_uniq = models.Constraint(
        "UNIQUE(number)", "This case number exists already."
    )

    # ------------------------------------------------------------------ compute
    @api.depends("partner_id")
    def _compute_contact(self):
        for case in self.filtered("partner_id"):
            case.email_from = case.partner_id.email or case.email_from
            case.phone = case.partner_id.phone or case.phone

    @api.depends("team_id")
    def _compute_company_id(self):
        for case in self:
            team_company = case.team_id.company_id
            case.company_id = team_company or case.company_id or self.env.company

    @api.depends("team_id")
    def _compute_stage_id(self):
        first = {
            team: self.env["crm.case.stage"]._find(team, "new", "progress")
            for team in self.team_id
        }
        for case in self.filtered(lambda case: not case.stage_id):
            case.stage_id = first.get(case.team_id)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = " ".join(filter(None, (case.number, case.name)))

    def _compute_access_url(self):
        super()._compute_access_url()
        for case in self:
            case.access_url = f"/my/cases/{case.id}"

    @api.model
    def _group_expand_stage_id(self, stages, domain):
        team_id = self.env.context.get("default_team_id")
        usable = [("team_ids", "=", False)]
        if team_id:
            usable = ["|", *usable, ("team_ids", "in", [team_id])]
        return stages.search(["|", ("id", "in", stages.ids), *usable])

    @api.onchange("category_id")
    def _onchange_category_id(self):
        if self.category_id.team_id and not self._origin:
            self.team_id = self.category_id.team_id

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"]
        for vals in vals_list:
            if not vals.get("number"):
                vals["number"] = sequence.next_by_code("crm.case")
        cases = super().create(vals_list)
        for case in cases.filtered("partner_id"):
            case.message_subscribe(case.partner_id.ids)
        cases.filtered("is_closed").closed_at = fields.Datetime.now()
        cases._queue_on_create()
        return cases

    def write(self, vals):
        closed_before = self.filtered("is_closed")
        if "partner_id" in vals:
            self._check_customer_change(vals["partner_id"])
        result = super().write(vals)
        if vals.get("partner_id"):
            self.message_subscribe([vals["partner_id"]])
        if "stage_id" in vals:
            self._after_stage_change(closed_before)
        return result

    def _check_customer_change(self, partner_id):
        """The hours of a closed case were taken from its customer's books."""
        customer = self.env["res.partner"].browse(partner_id).commercial_partner_id
        if self.filtered(
            lambda case: case.is_closed and case.commercial_partner_id != customer
        ):
            raise UserError(
                self.env._("Reopen the case before you change its customer.")
            )

    def _after_stage_change(self, closed_before):
        closed = self.filtered("is_closed")
        if just_closed := closed - closed_before:
            just_closed.closed_at = fields.Datetime.now()
            just_closed._settle_hours()
            just_closed._queue_done()
        if reopened := closed_before - closed:
            reopened.closed_at = False
            reopened._return_hours()
            reopened._queue_reopen()

    # ------------------------------------------------------------------ actions
    def action_close(self):
        """Finish the cases: their time is deducted from the customers' hour books."""
        for team, cases in (
            self.filtered(lambda case: not case.is_closed).grouped("team_id").items()
        ):
            cases.stage_id = self.env["crm.case.stage"]._find(team, "closed")
        return True

    def action_reopen(self):
        """Open closed cases again: the time goes back to the books it came from."""
        self.filtered("is_closed")._move_to_progress()
        return True

    def _move_to_progress(self):
        for team, cases in self.grouped("team_id").items():
            cases.stage_id = self.env["crm.case.stage"]._find(team, "progress", "new")
