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

from .histories_changes import HistoryChanges
from .histories_checks import HistoryChecks
from .histories_draws import NONE, HistoryDraws
from .histories_usage import HistoryUsage

START = date(2026, 1, 5)
FOREVER = date(2099, 12, 31)
STEPS = 12


@dataclass
class Tally:
    """What was done and what was refused."""

    done: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    checks: int = 0


class History(HistoryDraws, HistoryChanges, HistoryUsage, HistoryChecks):
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
        self.proven = {}
        self.sent = 0
        # a life is one customer's: what others do moves nobody's MRR
        self.partner = case.partner.copy()
        self.other_partner = case.other_partner.copy()

    def run(self, steps=STEPS):
        """Live the whole life, checking after each step."""
        self.clock.move_to(self.today)
        self.subscriptions = self.subscribe()
        self.step("confirm", self.subscriptions.action_confirm)
        if self.chance.random() < 0.25:
            self.step("migrate", self.migrate)
        self.today = max(self.today, self.subscriptions.date_start)
        for number in range(steps):
            self.move_clock()
            name = self.chance.choice(self.step_names) if number else "bill"
            self.step(name, getattr(self, f"do_{name}"))
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
    for owner in (History, HistoryChanges, HistoryUsage)
    for name in vars(owner)
    if name.startswith("do_")
)
# people bill more often than they do anything else
STEP_NAMES += ["bill"] * 8 + ["decide"] * 3 + ["use"] * 3
History.step_names = STEP_NAMES
