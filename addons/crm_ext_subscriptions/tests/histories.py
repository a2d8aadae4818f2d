"""Random lives of subscriptions, and what must hold of the ledger after each step.

A history is drawn from a seed: any failure is found again by its number. It runs
against the real models, as a salesperson and an accountant, under a clock that also
goes back.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from .histories_changes import HistoryChanges
from .histories_checks import HistoryChecks

START = date(2026, 1, 5)
STEPS = 12


@dataclass
class Tally:
    """What was done and what was refused."""

    done: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    checks: int = 0


NONE = "There is none."


class History(HistoryChanges, HistoryChecks):
    """One life: a subscription (and those that continue it), drawn step by step."""

    def __init__(self, case, seed, clock):
        """Take the company, users and products of `case` and a frozen clock."""
        self.case, self.seed, self.clock = case, seed, clock
        self.chance = random.Random(seed)
        self.today = START
        self.until = None
        self.steps = []
        self.corrections = 0.0
        self.tally = Tally()

    def run(self, steps=STEPS):
        """Live the whole life, checking after each step."""
        self.clock.move_to(self.today)
        self.subscriptions = self.subscribe()
        self.step("confirm", self.subscriptions.action_confirm)
        self.today = max(self.today, self.subscriptions.date_start)
        for number in range(steps):
            self.move_clock()
            name = self.chance.choice(STEP_NAMES) if number else "bill"
            self.step(name, getattr(self, f"do_{name}"))
        # the audit reads the whole ledger: once a life is enough
        self.blame(self.check_audit())
        return self.tally

    def step(self, name, act):
        """Do one step; what is refused must leave everything as it was."""
        env = self.case.env
        try:
            with env.cr.savepoint():
                detail = act()
        except (UserError, ValidationError) as refusal:
            env.invalidate_all()
            self.tally.refused[f"{name}: {refusal}"] += 1
            self.steps.append(f"{self.today} {name} refused: {refusal}")
        else:
            self.tally.done[name] += 1
            self.steps.append(f"{self.today} {name} {detail}")
        self.check()

    def move_clock(self):
        """Time passes; now and then a machine's clock is set back."""
        if self.chance.random() < 0.1:
            self.today -= timedelta(days=self.chance.randrange(1, 20))
        else:
            self.today += timedelta(days=self.chance.randrange(0, 40))
        self.today = max(self.today, START)
        self.clock.move_to(self.today)

    # ------------------------------------------------------------------ drawing
    def subscribe(self):
        """Random terms and lines, entered by the salesperson."""
        draw = self.chance
        start = START + timedelta(days=draw.randrange(-20, 30))
        values = {
            "partner_id": self.case.partner.id,
            "plan_id": False,
            "date_start": start,
            "interval": draw.choice((1, 1, 1, 2, 10)),
            "unit": draw.choice(("month", "month", "month", "week", "quarter", "day")),
            "invoicing": draw.choice(("advance", "arrears")),
            "prorata_basis": draw.choice(("calendar", "calendar", "30_360")),
            "trial_days": draw.choice((0, 0, 0, 10)),
            "minimum_months": draw.choice((0, 0, 12)),
            "early_fee_mode": draw.choice(("none", "fixed")),
            "early_fee_amount": 75.0,
            "line_ids": [
                Command.create(self.draw_line()) for _n in range(draw.randrange(1, 4))
            ],
        }
        if values["unit"] == "day":
            values["interval"] = 10
        if values["unit"] == "month" and values["interval"] == 1:
            values["anchor_days"] = draw.choice((False, "1", "31", "15", "1, 15"))
        if draw.random() < 0.3:
            values["date_end"] = start + timedelta(days=draw.randrange(20, 300))
        elif draw.random() < 0.3:
            values["instalments"] = draw.randrange(2, 9)
        subscriptions = self.case.env["crm.subscription"].with_user(self.case.seller)
        return subscriptions.create(values)

    def draw_line(self):
        """A product at a price that does not divide."""
        draw = self.chance
        return {
            "product_id": draw.choice(self.case.products).id,
            "quantity": draw.choice((1, 1, 2, 3, 7)),
            "price_unit": round(draw.uniform(1, 400), draw.choice((0, 2, 4))),
            "discount": draw.choice((0, 0, 0, 10, 33.33)),
            "free_periods": draw.choice((0, 0, 0, 0, 1)),
            "discount_periods": draw.choice((0, 0, 2)),
        }

    def draw_day(self):
        """A day of the past, today or later, as people ask for."""
        return self.chance.choice(
            (
                "today",
                "next",
                str(self.today - timedelta(days=self.chance.randrange(1, 90))),
                str(self.today + timedelta(days=self.chance.randrange(1, 60))),
            )
        )

    def draw_subscription(self):
        """One of the subscriptions of this life."""
        return self.chance.choice(self.subscriptions.with_user(self.case.seller))

    def draw_lines(self, subscription):
        """A recurring line of it."""
        lines = subscription._get_recurring_lines()
        if not lines:
            raise UserError(NONE)
        return self.chance.choice(lines)

    def find_moves(self, **values):
        """Its invoices and credit notes, as the accountant finds them."""
        moves = self.case.env["account.move"].with_user(self.case.accountant)
        rows = self.subscriptions.sudo().period_ids
        lines = self.case.env["account.move.line"].sudo()
        found = lines.search(
            [
                "|",
                ("crm_billing_period_id", "in", rows.ids),
                ("crm_related_period_id", "in", rows.ids),
            ]
        )
        domain = [("id", "in", found.move_id.ids)]
        domain += [(name, "=", value) for name, value in values.items()]
        return moves.search(domain, order="id")

    def draw_move(self, **values):
        """One of them, if there is any."""
        moves = self.find_moves(**values)
        if not moves:
            raise UserError(NONE)
        return self.chance.choice(moves)

    # ------------------------------------------------------------------ billing
    def do_bill(self):
        """The accountant bills until a day, the past included."""
        until = self.today + timedelta(days=self.chance.randrange(-15, 40))
        billing = self.subscriptions.with_user(self.case.accountant)
        billing.with_context(crm_bill_until=until).action_approve_catch_up()
        post = self.chance.random() < 0.7
        moves = billing.bill_until(until, invoice_date=max(until, START), post=post)
        self.until = until
        return until, post, moves

    def do_post(self):
        """A draft is posted."""
        self.draw_move(state="draft").action_post()

    def do_delete_draft(self):
        """A draft is deleted."""
        self.draw_move(state="draft").unlink()

    def do_delete_line(self):
        """A line is taken from a draft."""
        move = self.draw_move(state="draft", move_type="out_invoice")
        self.chance.choice(move.invoice_line_ids).unlink()

    def do_cancel(self):
        """An invoice is set back to draft and cancelled."""
        move = self.draw_move(move_type="out_invoice")
        if move.state == "posted":
            move.button_draft()
        if move.state == "draft":
            move.button_cancel()

    def do_revive(self):
        """A cancelled invoice comes back as a draft."""
        self.draw_move(state="cancel").button_draft()

    def do_credit(self):
        """A credit note, with one of its three consequences."""
        move = self.draw_move(state="posted", move_type="out_invoice")
        effect = self.chance.choice(("gap", "again", "correction"))
        reverse = self.reverse(move, crm_credit_effect=effect)
        reverse.refund_moves()
        credit = move.reversal_move_ids.sorted("id")[-1:]
        credit.action_post()
        return move.id, effect

    def do_reverse_and_create(self):
        """A wrong invoice is reversed and made anew."""
        move = self.draw_move(state="posted", move_type="out_invoice")
        self.reverse(move).modify_moves()

    def reverse(self, move, **values):
        """The host's window of reversal."""
        return (
            self.case.env["account.move.reversal"]
            .with_user(self.case.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": self.today, **values})
        )

    def do_decide(self):
        """Freed rows are billed again, or stay a gap."""
        rows = self.subscriptions.sudo().period_ids.filtered(
            lambda row: row.settlement == "open"
        )
        rows = rows.with_user(self.case.accountant)
        if not rows:
            raise UserError(NONE)
        some = self.chance.choice((rows, rows[:1]))
        if self.chance.random() < 0.6:
            some.action_bill_again()
        else:
            some.action_accept_gap()
        return some.ids


STEP_NAMES = sorted(
    name.removeprefix("do_")
    for owner in (History, HistoryChanges)
    for name in vars(owner)
    if name.startswith("do_")
)
# people bill more often than they do anything else
STEP_NAMES += ["bill"] * 8 + ["decide"] * 3
