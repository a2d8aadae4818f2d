"""What must hold of a life of subscriptions, read from the ledger and the invoices."""

from datetime import timedelta


class Broken(Exception):
    """What must hold does not; the message tells the seed and the steps so far."""


class HistoryChecks:
    """The checks after each step of a history."""

    # ------------------------------------------------------------------ what must hold
    def check(self):
        """Days once or explained, prices to the cent, money that adds up."""
        env = self.case.env
        env.flush_all()
        self.tally.checks += 1
        problems = []
        for subscription in self.subscriptions.sudo():
            for line in subscription._get_recurring_lines():
                problems += self.check_days(line) + self.check_prices(line)
        problems += self.check_money()
        self.blame(problems)

    def blame(self, problems):
        """Stop at the first broken step, with the story that leads to it."""
        if problems:
            story = "\n".join(self.steps)
            raise Broken(f"seed {self.seed}\n{story}\n" + "\n".join(problems))

    def check_days(self, line):
        """Each day from the first to the last known once, and none due is missing."""
        rows = line.period_ids.filtered(
            lambda row: (
                row.kind == "recurring"
                and (not row.cancelled or row.settlement in ("open", "accepted"))
            )
        )
        day = line._get_first_day()
        for row in rows.sorted("date_from"):
            if row.date_from != day:
                return [f"{line.id}: {row.date_from} where {day} was expected"]
            day = row.date_to + timedelta(days=1)
        return []

    def check_prices(self, line):
        """Row and adjustments are the price of the versions, exactly by the engine's
        rounding, and within a cent a period by plain sums of days."""
        problems = []
        for row in line.period_ids.filtered(lambda row: row._is_adjustable()):
            have = row.amount + sum(row._get_adjustments().mapped("amount"))
            price = line._price_days(row.date_from, row.date_to)
            if abs(have - price) > 0.001:
                problems.append(f"{row.id} {row.display_name}: {have}, not {price}")
            by_hand = self.price_by_days(line, row)
            if by_hand is not None and abs(have - by_hand) > 0.0151:
                problems.append(f"{row.id} {row.display_name}: by hand {by_hand}")
        return problems

    def price_by_days(self, line, row):
        """A row's days one by one, each at the terms in force; calendar days only."""
        subscription = line.subscription_id
        if subscription.prorata_basis != "calendar":
            return None
        total, day = 0.0, row.date_from
        versions = line.version_ids.sorted(lambda one: (one.date_from, one.id))
        while day <= row.date_to:
            known = [version for version in versions if version.date_from <= day]
            if known:
                terms = known[-1]
                total += terms.quantity * terms.price_unit * (1 - terms.discount / 100)
            day += timedelta(days=1)
        return total / row.whole_days

    def check_money(self):
        """What is invoiced is what the live rows say, one line a row."""
        rows = self.subscriptions.sudo().period_ids
        problems = []
        for row in rows.filtered(lambda row: not row.cancelled):
            line = row.invoice_line_ids
            if not line:
                if row.kind == "recurring" and row.quantity and row.amount:
                    problems.append(f"{row.id} {row.display_name}: on no invoice")
                continue
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            if len(line) != 1 or line.parent_state == "cancel":
                problems.append(f"{row.id} {row.display_name}: lines {line}")
            elif abs(sign * line.price_subtotal - row.amount) > 0.001:
                problems.append(
                    f"{row.id} {row.display_name}: {line.price_subtotal} invoiced, "
                    f"{row.amount} in the ledger"
                )
        return problems

    def check_audit(self):
        """The nightly audit finds nothing of these either."""
        ledger = self.case.env["crm.billing.period"]
        rows = self.subscriptions.sudo().period_ids
        return [
            f"audit {name}: {sorted(found)}"
            for name in ("gaps", "prices")
            if (
                found := set(getattr(ledger, f"_audit_{name}")().res_ids)
                & set(rows.ids)
            )
        ]
