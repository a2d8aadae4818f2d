from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.hours import Book, to_hours

LOW_PERCENT = 20


class CrmHourBook(models.Model):
    """Hours that a customer has bought in advance; its moves are its account.

    `hours_left` is stored on the book: two transactions that draw on one book at the
    same time conflict on its row, and the host runs the second one again.
    """

    _name = "crm.hour.book"
    _description = "Hour book"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "expires_on, id"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    product_id = fields.Many2one("product.product", check_company=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", readonly=True, copy=False, index="btree_not_null"
    )
    sale_order_id = fields.Many2one(related="sale_line_id.order_id")
    crm_subscription_id = fields.Many2one(
        "crm.subscription",
        string="Contract",
        check_company=True,
        index="btree_not_null",
    )
    bought_on = fields.Date(required=True, default=fields.Date.context_today)
    expires_on = fields.Date(tracking=True, help="Empty: the hours never expire.")
    overdraft = fields.Selection(
        [
            ("refuse", "Refuse to close the case"),
            ("warn", "Go below zero and say so"),
            ("allow", "Go below zero"),
        ],
        string="When hours are missing",
        default="refuse",
        required=True,
        tracking=True,
    )
    state = fields.Selection(
        [("running", "Running"), ("expired", "Expired"), ("cancelled", "Cancelled")],
        default="running",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )

    hours_bought = fields.Float(string="Hours bought", required=True, digits=(16, 4))
    move_ids = fields.One2many("crm.hour.move", "book_id")
    hours_left = fields.Float(compute="_compute_hours", store=True, digits=(16, 4))
    hours_used = fields.Float(compute="_compute_hours", store=True, digits=(16, 4))
    percent_left = fields.Float(
        string="Left (%)", compute="_compute_hours", store=True, aggregator="avg"
    )
    level = fields.Selection(
        [
            ("good", "Well filled"),
            ("low", "Nearly empty"),
            ("empty", "Empty"),
            ("over", "Overdrawn"),
        ],
        compute="_compute_hours",
        store=True,
    )

    _hours_check = models.Constraint("CHECK (hours_bought > 0)", "A book has hours.")
    _name_uniq = models.Constraint("UNIQUE(name)", "This book number exists already.")
    _sale_line_uniq = models.UniqueIndex(
        "(sale_line_id) WHERE sale_line_id IS NOT NULL AND state <> 'cancelled'",
        "An order line sells one book.",
    )

    @api.depends("move_ids.signed_hours", "hours_bought")
    def _compute_hours(self):
        sums = {}
        for book, kind, signed in self.env["crm.hour.move"]._read_group(
            [("book_id", "in", self.ids)], ["book_id", "kind"], ["signed_hours:sum"]
        ):
            sums.setdefault(book.id, {})[kind] = signed
        for book in self:
            by_kind = sums.get(book.id, {})
            book.hours_left = sum(by_kind.values())
            book.hours_used = -by_kind.get("consume", 0.0) - by_kind.get("return", 0.0)
            bought = book.hours_bought
            book.percent_left = 100 * book.hours_left / bought if bought else 0.0
            book.level = book._get_level()

    def _get_level(self):
        left = to_hours(self.hours_left)
        if left < 0:
            return "over"
        if not left:
            return "empty"
        return "low" if self.percent_left < LOW_PERCENT else "good"

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for book in self:
            parts = (book.name, book.partner_id.name)
            book.display_name = " - ".join(part for part in parts if part)

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"]
        for vals in vals_list:
            vals["name"] = self.env["ir.sequence"].next_by_code("crm.hour.book")
            if customer := partners.browse(vals.get("partner_id")):
                vals["partner_id"] = customer.commercial_partner_id.id
        books = super().create(vals_list)
        # sudo: moves are only written by code, never by users
        self.env["crm.hour.move"].sudo()._post(
            [
                {
                    "book_id": book.id,
                    "kind": "purchase",
                    "hours": book.hours_bought,
                    "date": book.bought_on,
                    "name": book.sale_order_id.name or book.name,
                }
                for book in books
            ]
        )
        return books

    def write(self, vals):
        if {"hours_bought", "partner_id", "company_id"} & vals.keys():
            raise UserError(
                self.env._("The hours and the customer of a book stay what they were.")
            )
        return super().write(vals)

    # ------------------------------------------------------------------ actions
    def action_expire(self):
        """End the books: what is left moves to the expired hours."""
        running = self.filtered(lambda book: book.state == "running")
        # sudo: moves are only written by code, never by users
        self.env["crm.hour.move"].sudo()._post(
            [
                {
                    "book_id": book.id,
                    "kind": "expire",
                    "hours": book.hours_left,
                    "name": self.env._("Hours not used before the end"),
                }
                for book in running
                if book.hours_left > 0
            ]
        )
        running.state = "expired"
        return True

    def action_open_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_service.crm_case_action"
        )
        return action | {
            "domain": [("id", "in", self.move_ids.case_id.ids)],
            "context": {},
        }

    @api.model
    def _cron_expire(self):
        """Expire the books whose last day has passed."""
        today = fields.Date.context_today(self)
        self.search(
            [("state", "=", "running"), ("expires_on", "<", today)]
        ).action_expire()

    def _cancel(self):
        """Take back books whose sale is cancelled; used hours cannot be taken back."""
        if used := self.filtered(lambda book: to_hours(book.hours_used)):
            raise UserError(
                self.env._(
                    "Hours of %(books)s have been used: the sale cannot be cancelled.",
                    books=", ".join(used.mapped("display_name")),
                )
            )
        # sudo: moves are only written by code, never by users
        self.sudo().move_ids._reverse("cancel")
        self.state = "cancelled"

    def _to_book(self):
        return Book(
            self.id, to_hours(self.hours_left), self.expires_on or None, self.overdraft
        )
