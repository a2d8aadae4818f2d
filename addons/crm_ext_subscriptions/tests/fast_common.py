import random
from copy import deepcopy
from datetime import date

from odoo.fields import Command
from odoo.tools import SQL

from .common import SubscriptionCase

# what a second creation of the same invoice cannot have in common with the first
NOT_COMPARED = {
    "account_move": {"id", "create_date", "write_date"},
    "account_move_line": {"id", "create_date", "write_date", "move_id"},
    "account_analytic_line": {"id", "create_date", "write_date", "move_line_id"},
}
DAY = date(2026, 2, 1)


class FastInvoicingCase(SubscriptionCase):
    """Entries of crm.invoice.builder beside the host's own, column by column."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_user(cls.accountant).env
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.random = random.Random("every column")
        cls.sold = cls.product.create(
            [{"name": f"Service {number}", "type": "service"} for number in range(4)]
        )

    def line(self, **values):
        return {
            "product_id": self.random.choice(self.sold.ids),
            "product_uom_id": self.product.uom_id.id,
            "name": f"Line {self.random.random()}",
            "quantity": round(self.random.uniform(0.1, 30), 2),
            "price_unit": round(self.random.uniform(0.01, 900), 4),
            "discount": self.random.choice([0.0, 0.0, 12.5, 33.33, 100.0]),
            "tax_ids": [Command.set(self.company.account_sale_tax_id.ids)],
            "analytic_distribution": False,
        } | values

    def invoice(self, lines, **values):
        for rank, line in enumerate(lines):
            line["sequence"] = rank
        return {
            "move_type": "out_invoice",
            "company_id": self.company.id,
            "journal_id": self.journal.id,
            "partner_id": self.partner.id,
            "currency_id": self.company.currency_id.id,
            "invoice_date": DAY,
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_user_id": self.seller.id,
            "invoice_origin": "SUB1",
            "ref": f"R{self.random.random()}",
            "narration": False,
            "invoice_line_ids": [Command.create(line) for line in lines],
        } | values

    # ------------------------------------------------------------------ the two ways
    def by_host(self, vals_list, post):
        moves = self.env["account.move"].with_context(tracking_disable=True)
        if not post:
            # of drafts made together the host gets some due dates right at posting only
            return moves.concat(*(moves.create(vals) for vals in vals_list))
        moves = moves.create(vals_list)
        moves._post(soft=False)
        return moves

    def by_us(self, vals_list, post):
        return self.env["account.move"]._crm_create_invoices(vals_list, post)

    def snapshot(self, make, vals_list, post):
        """What the tables hold of the invoices made; then they are undone."""
        with self.env.cr.savepoint() as savepoint:
            moves = make(deepcopy(vals_list), post)
            self.env.flush_all()
            self.env.invalidate_all()
            found = [self.dump(move) for move in moves.sorted("ref")]
            savepoint.rollback()
        self.env.invalidate_all()
        self.env["account.move"]._get_sequence_cache().clear()
        return found

    def dump(self, move):
        lines = move.line_ids.sorted(
            lambda line: (line.sequence, line.date_maturity or DAY, str(line.id))
        )
        analytic = lines.analytic_line_ids.sorted("id")
        return {
            "move": self.rows(move)[0],
            "lines": sorted(self.rows(lines), key=self.line_key),
            "analytic": sorted(map(repr, self.rows(analytic))),
        }

    @staticmethod
    def line_key(row):
        return (
            row["sequence"],
            str(row["date_maturity"]),
            row["tax_repartition_line_id"] or 0,
            row["name"] or "",
            row["balance"],
        )

    def rows(self, records):
        """Every column and every many2many of records, whatever module added it."""
        if not records:
            return []
        left_out = NOT_COMPARED[records._table]
        self.env.cr.execute(
            SQL(
                "SELECT * FROM %s WHERE id IN %s",
                SQL.identifier(records._table),
                tuple(records.ids),
            )
        )
        names = [column.name for column in self.env.cr.description]
        by_id = {}
        for values in self.env.cr.fetchall():
            row = dict(zip(names, values, strict=True))
            by_id[row["id"]] = row
        many = [
            name
            for name, field in records._fields.items()
            if field.type == "many2many" and field.store
        ]
        for record in records.sudo():
            for name in many:
                by_id[record.id][name] = sorted(record[name].ids)
        return [
            {k: v for k, v in by_id[record.id].items() if k not in left_out}
            for record in records
        ]

    def assert_same(self, vals_list, covered=True):
        """Both ways give the same columns, as drafts and posted."""
        builder = self.env["crm.invoice.builder"]
        complete, ordinary = builder._complete(deepcopy(vals_list))
        self.assertEqual(len(complete if covered else ordinary), len(vals_list))
        self.assertFalse(builder._get_changed_methods())
        for post in (False, True):
            ours = self.snapshot(self.by_us, vals_list, post)
            theirs = self.snapshot(self.by_host, vals_list, post)
            for mine, own in zip(ours, theirs, strict=True):
                self.assert_rows("move", [mine["move"]], [own["move"]])
                self.assert_rows("line", mine["lines"], own["lines"])
                self.assertEqual(mine["analytic"], own["analytic"])

    def assert_rows(self, kind, mine, own):
        self.assertEqual(len(mine), len(own), kind)
        for left, right in zip(mine, own, strict=True):
            different = {
                name: (left[name], right[name])
                for name in left
                if left[name] != right[name]
            }
            self.assertFalse(different, f"{kind} {right}")
