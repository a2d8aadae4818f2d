from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration

from ..exceptions import HoursRefused
from ..tools.hours import draw, to_hours


class CrmCaseHours(models.Model):
    """Time on cases, and the prepaid hours that pay for it when a case is closed."""

    _inherit = "crm.case"

    work_entry_ids = fields.One2many("crm.work.entry", "case_id")
    spent_hours = fields.Float(
        string="Time spent", compute="_compute_spent_hours", store=True, digits=(16, 4)
    )
    billable_hours = fields.Float(
        string="To deduct",
        compute="_compute_spent_hours",
        store=True,
        digits=(16, 4),
        help="The billable time: what closing takes from the hour books.",
    )
    hour_book_id = fields.Many2one(
        "crm.hour.book",
        check_company=True,
        index="btree_not_null",
        domain="[('partner_id', '=', commercial_partner_id),"
        " ('state', '=', 'running')]",
        help="Pays first. Otherwise the customer's book that expires first pays.",
    )
    hour_move_ids = fields.One2many("crm.hour.move", "case_id")
    deducted_hours = fields.Float(string="Deducted", compute="_compute_deducted_hours")
    customer_hours_left = fields.Float(
        string="Hours left", compute="_compute_customer_hours_left"
    )

    @api.depends("work_entry_ids.hours", "work_entry_ids.billable")
    def _compute_spent_hours(self):
        sums = {}
        for case, billable, hours in self.env["crm.work.entry"]._read_group(
            [("case_id", "in", self.ids)], ["case_id", "billable"], ["hours:sum"]
        ):
            sums[case.id, billable] = hours
        for case in self:
            case.billable_hours = sums.get((case.id, True), 0.0)
            case.spent_hours = case.billable_hours + sums.get((case.id, False), 0.0)

    @api.depends("hour_move_ids.signed_hours")
    def _compute_deducted_hours(self):
        sums = dict(
            self.env["crm.hour.move"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["signed_hours:sum"]
            )
        )
        for case in self:
            case.deducted_hours = -sums.get(case, 0.0)

    @api.depends("commercial_partner_id", "company_id")
    def _compute_customer_hours_left(self):
        groups = self.env["crm.hour.book"]._read_group(
            self._get_books_domain(), ["partner_id", "company_id"], ["hours_left:sum"]
        )
        left = {(partner, company): hours for partner, company, hours in groups}
        for case in self:
            key = (case.commercial_partner_id, case.company_id)
            case.customer_hours_left = left.get(key, 0.0)

    # ------------------------------------------------------------------ settle
    def _settle_hours(self):
        """Deduct the billable time of closed cases from their customers' books.

        A customer without a book has nothing prepaid, hence nothing is deducted.
        """
        # sudo: whoever closes a case settles it, the rules of the books apply
        cases = self.sudo().filtered("billable_hours")
        books = self.env["crm.hour.book"].sudo().search(cases._get_books_domain())
        by_customer = books.grouped(lambda book: (book.partner_id, book.company_id))
        for case in cases:
            key = (case.commercial_partner_id, case.company_id)
            if own_books := by_customer.get(key):
                case._settle_with(own_books)

    def _settle_with(self, books):
        due = to_hours(self.billable_hours) - to_hours(self.deducted_hours)
        if due <= 0:
            return
        try:
            plan = draw(
                [book._to_book() for book in books],
                due,
                fields.Date.context_today(self),
                self.hour_book_id.id,
            )
        except HoursRefused as refused:
            raise UserError(self._explain_refusal(refused)) from refused
        self._apply_draw(plan)

    def _apply_draw(self, plan):
        self.env["crm.hour.move"]._post(
            [
                {
                    "book_id": share.book_id,
                    "kind": "consume",
                    "hours": float(share.hours),
                    "case_id": self.id,
                    "name": self.display_name,
                }
                for share in plan.shares
            ]
        )
        if plan.warn:
            self.message_post(
                body=self.env._(
                    "%(hours)s h go beyond the customer's hour books.",
                    hours=format_duration(float(plan.beyond)),
                )
            )

    def _return_hours(self):
        """Give back what reopened cases had taken, by reversing moves."""
        # sudo: as in _settle_hours
        self.sudo().hour_move_ids._reverse("return")

    def _explain_refusal(self, refused):
        return self.env._(
            "%(case)s: %(needed)s h to deduct, but the hour books of %(customer)s hold "
            "%(available)s h and do not allow an overdraft.",
            case=self.display_name,
            needed=format_duration(float(refused.needed)),
            customer=self.commercial_partner_id.display_name,
            available=format_duration(float(refused.available)),
        )

    def _get_books_domain(self):
        """The running books of the cases' customers, in the cases' companies."""
        return [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "in", self.company_id.ids),
            ("state", "=", "running"),
        ]

    def action_open_books(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_service.crm_hour_book_action"
        )
        return action | {
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
