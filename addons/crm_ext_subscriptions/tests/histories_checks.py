"""What must hold of a life of subscriptions, read from the ledger and the invoices."""

from datetime import timedelta

AUDITS = (
    "billing_gaps",
    "billing_starts",
    "billing_prices",
    "billing_bearers",
    "usage_days",
    "usage_draws",
)


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
        for line in self.subscriptions.sudo().line_ids:
            if line.line_type == "recurring":
                problems += self.check_days(line) + self.check_prices(line)
                problems += self.check_total(line)
            elif line.line_type == "usage":
                problems += self.check_days(line) + self.check_usage(line)
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
        rounding, and within a cent a period by plain sums of days.

        What was proven of a row holds as long as neither it nor the terms change.
        """
        problems = []
        known = line._to_terms(), line._to_pricing()
        for row in line.period_ids.filtered(lambda row: row._is_adjustable()):
            have = row.amount + sum(row._get_adjustments().mapped("amount"))
            if self.proven.get(row.id) == (have, known):
                continue
            price = line._price_days(row.date_from, row.date_to)
            if abs(have - price) > 0.001:
                problems.append(f"{row.id} {row.display_name}: {have}, not {price}")
            by_hand = self.price_by_days(line, row)
            if by_hand is not None and abs(have - by_hand) > 0.0151:
                problems.append(f"{row.id} {row.display_name}: by hand {by_hand}")
            self.proven[row.id] = have, known
        return problems

    def price_by_days(self, line, row):
        """A row's days one by one, each at the terms in force; calendar days only."""
        subscription = line.subscription_id
        if (subscription.price_basis, subscription.prorata_basis) != (
            "period",
            "calendar",
        ):
            return None
        versions = [
            (
                version.date_from,
                version.quantity * version.price_unit * (1 - version.discount / 100),
            )
            for version in line.version_ids.sorted(lambda one: (one.date_from, one.id))
        ]
        total, day = 0.0, row.date_from
        while day <= row.date_to:
            known = [price for date_from, price in versions if date_from <= day]
            total += known[-1] if known else 0.0
            day += timedelta(days=1)
        return total / row.whole_days * self.get_untaxed_part(line)

    def get_untaxed_part(self, line):
        """What is left of a price that includes its only tax."""
        tax = line.tax_ids.filtered("price_include")
        return 1 / (1 + tax.amount / 100)

    def check_total(self, line):
        """The instalments of a total that never changed sum to it, once all are due."""
        subscription = line.subscription_id
        versions = line.version_ids
        if subscription.price_basis != "total" or len(versions) != 1:
            return []
        rows = line.period_ids.filtered(
            lambda row: row.kind == "recurring" and not row.cancelled
        )
        if len(rows) != subscription.instalments or any(rows.mapped("is_opening")):
            return []
        total = versions.quantity * versions.price_unit * (1 - versions.discount / 100)
        total *= self.get_untaxed_part(line)
        have = sum(rows.mapped("amount"))
        if abs(have - total) > 0.0051:
            return [f"{line.id}: instalments sum to {have}, not to {total}"]
        return []

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


def audit(env, subscriptions):
    """What the nightly audit finds of these subscriptions' rows: {id: [findings]}."""
    found = {}
    checks = env["crm.hooks"]._audit_checks()
    for name in AUDITS:
        check = checks[name]
        finding = getattr(env[check.model], check.method)()
        records = env[finding.res_model or "crm.billing.period"].sudo()
        for record in records.browse(finding.res_ids):
            if record.subscription_id in subscriptions:
                story = found.setdefault(record.subscription_id.id, [])
                story.append(f"audit {name}: {record}")
    return found
