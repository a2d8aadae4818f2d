"""What must hold of the MRR ledger after each step of a random life."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from .histories import History
from .histories_draws import NONE

AUDITS = ("lines", "days", "rates", "transfers", "pauses", "owners")
OWN_STEPS = ("swap_plan", "second", "draft", "confirm", "revise", "reread", "keep")
# money is proved elsewhere (histories.py): here a bill only makes days be billed
CHANGES = (
    *("bill", "sync", "quantity", "price", "discount", "add_line", "remove_line"),
    *("swap", "pause", "resume", "close", "reopen", "renew", "transfer"),
)
FIGURES = ("date", "kind", "cause", "amount", "amount_currency", "rate")


def moving_currency(env):
    """A foreign currency whose rate moves each month."""
    currency = env["res.currency"].create({"name": "XHY", "symbol": "XHY"})
    env["res.currency.rate"].create(
        [
            {
                "currency_id": currency.id,
                "name": f"{2025 + rank // 12}-{rank % 12 + 1:02}-01",
                "rate": 1.1 + (rank * 7 % 5) / 100,
            }
            for rank in range(40)
        ]
    )
    return currency


class MrrHistory(History):
    """A life of which the MRR is followed; bills are made now and then only."""

    step_names = sorted([*CHANGES, *CHANGES, *OWN_STEPS])

    def __init__(self, case, seed, clock):
        super().__init__(case, seed, clock)
        self.snapshots = {}

    def run(self, steps=12):
        tally = super().run(steps)
        self.blame(self.check_mrr_audits() + self.check_rebuild())
        return tally

    def move_clock(self):
        """Each night the rates of a month that began are taken in."""
        month = self.today.replace(day=1)
        res = super().move_clock()
        if self.today.replace(day=1) > month:
            self.do_keep()
        return res

    def do_swap_plan(self):
        """Another frequency."""
        plan = self.case.env.ref("crm_ext_subscriptions.crm_subscription_plan_yearly")
        return self.amend("swap_plan", plan_id=plan.id)

    def do_revise(self):
        """An index revises the price of a line."""
        return self.enter_price("revision", 1.0213)

    def do_reread(self):
        """The pricelist has another price."""
        return self.enter_price("pricelist", 0.987)

    def enter_price(self, reason, factor):
        subscription = self.draw_subscription()
        line = self.draw_lines(subscription).sudo()
        if subscription.state not in ("running", "paused"):
            raise UserError(NONE)
        day = self.today + timedelta(days=self.chance.randrange(0, 40))
        day = max(day, line._get_first_day())
        price = round(line._get_version_at(day).price_unit * factor, 4)
        line.version_ids.create(
            line._prepare_terms_from(day, {"price_unit": price}, reason=reason)
        )
        return line.id, day

    def do_keep(self):
        """The calendar moves the rates."""
        partners = self.partner | self.other_partner
        customers = self.case.env["crm.mrr.account"].sudo()
        customers.search([("partner_id", "in", partners.ids)])._take_in()

    def do_second(self):
        """The customer takes one more subscription."""
        more = self.subscribe()
        more.action_confirm()
        self.subscriptions += more
        return more.name

    def do_draft(self):
        """A subscription was confirmed by mistake."""
        subscription = self.draw_subscription()
        subscription.action_draft()
        return subscription.name

    def do_confirm(self):
        """A draft is confirmed."""
        drafts = self.subscriptions.filtered(lambda sub: sub.state == "draft")
        return drafts[:1].action_confirm()

    # ------------------------------------------------------------------ what must hold
    def check(self):
        """The ledger is the contracts, and the past stays as it was known."""
        self.case.env.flush_all()
        self.tally.checks += 1
        self.blame(self.check_levels() + self.check_identity() + self.check_as_known())

    def find_lines(self):
        return self.subscriptions.sudo().exists()._get_recurring_lines()

    def find_rows(self):
        partners = self.partner | self.other_partner
        ledger = self.case.env["crm.mrr.move"].sudo()
        return ledger.search([("partner_id", "in", partners.ids)])

    def find_days(self, rows):
        """Each day on which something may change, and the days around it."""
        lines = self.find_lines()
        ends = self.subscriptions.sudo().mapped("date_term")
        days = {*rows.mapped("date"), *lines.version_ids.mapped("date_from")}
        days |= {end for end in ends if end}
        near = (-1, 0, 1)
        return sorted({day + timedelta(days=step) for day in days for step in near})

    def check_levels(self):
        """On every day each line is worth, in the ledger, what its terms say."""
        rows, problems = self.find_rows(), []
        days = self.find_days(rows)
        by_line = rows.grouped("line_id")
        for line in self.find_lines():
            moves = by_line.get(line, rows.browse())
            for day in days:
                known = sum(row.amount_currency for row in moves if row.date <= day)
                worth = self.find_worth(line, day)
                if abs(known - worth) > 0.001:
                    problems.append(f"line {line.id} on {day}: {known}, not {worth}")
        return problems

    def find_worth(self, line, day):
        """What a line is worth on a day, straight from its contract."""
        subscription = line.subscription_id
        term = subscription.date_term
        if subscription.state == "draft" or (term and day > term):
            return 0.0
        return line._get_mrr_on(day)

    def check_identity(self):
        """MRR of a day is that of the day before and the moves of the day, by kind; a
        customer with MRR left is not lost, and is new once."""
        rows, problems = self.find_rows(), []
        for partner, moves in rows.grouped("partner_id").items():
            total, days = 0.0, moves.grouped("date")
            for day in sorted(days):
                kinds = {
                    kind: sum(found.mapped("amount_currency"))
                    for kind, found in days[day].grouped("kind").items()
                }
                total += sum(kinds.values())
                worth = self.find_partner_worth(partner, day)
                lost = kinds.get("churn", 0) < -0.001
                if abs(total - worth) > 0.001 or (lost and total > 0.001):
                    problems.append(f"{partner.id} on {day}: {total}, {worth}, {kinds}")
            begun = {
                row.date
                for row in moves.filtered(lambda one: one.kind == "new")
                if sum(
                    moves.filtered(
                        lambda one, row=row: (
                            one.kind == "new"
                            and (one.date, one.line_id) == (row.date, row.line_id)
                        )
                    ).mapped("amount_currency")
                )
                > 0.001
            }
            if len(begun) > 1:
                problems.append(f"{partner.id} is new on {begun}")
        return problems

    def find_partner_worth(self, partner, day):
        """What all lines of a customer are worth on a day."""
        return sum(
            self.find_worth(line, day)
            for line in self.find_lines()
            if line.subscription_id.commercial_partner_id == partner
        )

    def check_as_known(self):
        """What was known at a moment is what it was then, whatever came since."""
        rows, problems = self.find_rows(), []
        latest = max(rows.mapped("known_at"), default=None)
        # what a clock set back shows again is not past: entries are known from it on
        now = fields.Datetime.now()
        self.snapshots = {at: tell for at, tell in self.snapshots.items() if at < now}
        for moment, figures in self.snapshots.items():
            again = self.find_figures(rows, moment, figures)
            if again != figures:
                problems.append(f"as known on {moment}: {again}, not {figures}")
        if latest:
            days = self.find_days(rows)
            self.snapshots[latest] = self.find_figures(rows, latest, days)
        return problems

    def find_figures(self, rows, moment, days):
        known = [row for row in rows if row.known_at <= moment]
        return {
            day: round(sum(row.amount for row in known if row.date <= day), 2)
            for day in days
        }

    # ------------------------------------------------------------------ at the end
    def check_mrr_audits(self):
        """The nightly audit finds nothing about these lives."""
        ledger = self.case.env["crm.mrr.move"].sudo()
        mine = {
            "crm.subscription.line": set(self.find_lines().ids),
            "crm.subscription.change": set(self.subscriptions.sudo().change_ids.ids),
            "crm.mrr.move": set(self.find_rows().ids),
        }
        problems = []
        for name in AUDITS:
            found = getattr(ledger, f"_audit_{name}")()
            broken = set(found.res_ids) & mine.get(found.res_model, set())
            if broken or (name == "days" and found.broken):
                problems.append(f"audit {name}: {broken} {found.detail}")
        return problems

    def check_rebuild(self):
        """Rebuilt, and rebuilt again, the ledger is the one that entries made."""
        # a rebuild also knows the rates of the months since the last entry
        self.do_keep()
        problems, before = [], self.tell_rows()
        partners = self.partner | self.other_partner
        customers = self.case.env["crm.mrr.account"].sudo()
        for time in ("once", "twice"):
            customers.search([("partner_id", "in", partners.ids)])._rebuild()
            after = self.tell_rows()
            if after != before:
                missing = [row for row in before if row not in after]
                more = [row for row in after if row not in before]
                problems.append(f"rebuilt {time}: lacks {missing}, has {more}")
        return problems

    def tell_rows(self):
        rows = self.find_rows()
        rows.invalidate_recordset()
        return sorted(
            (
                row.partner_id.id,
                row.line_id.id,
                str(row.known_at),
                row.counter,
                *(str(row[name]) for name in FIGURES),
            )
            for row in rows
        )
