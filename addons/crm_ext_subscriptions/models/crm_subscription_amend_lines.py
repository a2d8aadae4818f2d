from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.amendments import REMOVE, Alteration, amend, discount_until, end
from ..tools.indexation import exact
from .crm_subscription import STATE_CHANGE


class CrmSubscription(models.Model):
    """Changes of lines: quantity, price, discount, product; lines added or removed."""

    _inherit = "crm.subscription"

    def _amend_quantity(self, change, values):
        """Add or remove quantity: users, modules, posts."""
        line = self._take_line(values)
        before = line._get_terms_label(change.effective_date)
        wanted = {
            key: exact(values[key]) for key in ("quantity", "add") if key in values
        }
        if len(wanted) != 1:
            raise UserError(
                self.env._('Quantity: give the new "quantity", or how much to "add".')
            )
        self._alter_line(change, line, Alteration(**wanted))
        change._describe(line, before)

    def _amend_price(self, change, values):
        line = self._take_line(values)
        before = line._get_terms_label(change.effective_date)
        price = exact(self._take(values, "price_unit"))
        self._alter_line(change, line, Alteration(price=price))
        change._describe(line, before)

    def _amend_discount(self, change, values):
        """Give a discount on one line, or on all; until a day when one is given."""
        lines = self._get_amendable_lines(change.effective_date)
        if values.get("line_id"):
            lines = self._take_line(values)
        discount = exact(self._take(values, "discount"))
        if not 0 <= discount <= 100:
            raise UserError(self.env._("Discount: enter a number from 0 to 100."))
        until = fields.Date.to_date(values.get("date_until"))
        day = change.effective_date
        for line in lines:
            chain = line._to_chain()
            added = (
                discount_until(chain, day, discount, until)
                if until
                else amend(chain, day, Alteration(discount=discount))
            )
            line._apply_terms(added, change)
        change.description = self.env._(
            "%(discount)s %% on %(lines)s",
            discount=f"{discount:g}",
            lines=", ".join(lines.product_id.mapped("display_name")),
        )

    def _amend_add_line(self, change, values):
        line = self._add_line(change, values)
        change._describe(line, "")

    def _amend_remove_line(self, change, values):
        line = self._take_line(values)
        before = line._get_terms_label(change.effective_date)
        self._remove_line(change, line)
        change._describe(line, before)

    def _amend_swap(self, change, values):
        """Replace the product: the old line ends, a new one goes on."""
        line = self._take_line(values)
        terms = line._get_version_at(change.effective_date)
        before = line._get_terms_label(change.effective_date)
        self._remove_line(change, line)
        new = self._add_line(
            change, {"quantity": terms.standing_quantity or terms.quantity} | values
        )
        change.description = self.env._(
            "%(before)s → %(after)s",
            before=f"{line.product_id.display_name} {before}",
            after=f"{new.product_id.display_name} "
            f"{new._get_terms_label(change.effective_date)}",
        )

    def _amend_upsell(self, change, values):
        self._amend_several(change, values)

    def _amend_downsell(self, change, values):
        self._amend_several(change, values)

    def _amend_several(self, change, values):
        """Change several lines at once: each item names a line, or a new product."""
        day, words = change.effective_date, []
        annual = self._get_annual_value(day)
        for item in self._take(values, "lines"):
            line = self._amend_item(change, item)
            words.append(f"{line.product_id.display_name} {line._get_terms_label(day)}")
        gain = self._get_annual_value(day) - annual
        if gain and (gain > 0) != (change.kind == "upsell"):
            raise UserError(
                self.env._("The annual value falls: this is a downsell.")
                if gain < 0
                else self.env._("The annual value rises: this is an upsell.")
            )
        change.description = ", ".join(words)

    def _amend_item(self, change, item):
        if not item.get("line_id"):
            return self._add_line(change, item)
        line = self._take_line(item)
        wanted = {
            field: exact(item[key])
            for field, key in (
                ("quantity", "quantity"),
                ("price", "price_unit"),
                ("discount", "discount"),
            )
            if key in item
        }
        self._alter_line(change, line, Alteration(**wanted))
        return line

    # ------------------------------------------------------------------ steps
    def _alter_line(self, change, line, wanted):
        if wanted.discount is not None and not 0 <= wanted.discount <= 100:
            raise UserError(self.env._("Discount: enter a number from 0 to 100."))
        added = amend(line._to_chain(), change.effective_date, wanted)
        line._apply_terms(added, change)

    def _remove_line(self, change, line):
        added = end(line._to_chain(), change.effective_date, REMOVE)
        line._apply_terms(added, change)

    def _add_line(self, change, values):
        """A line of a confirmed subscription, with its first version."""
        vals = {
            key: values[key]
            for key in ("name", "quantity", "price_unit", "discount")
            if values.get(key) not in (None, False, "")
        }
        vals |= {
            "subscription_id": self.id,
            "product_id": int(self._take(values, "product_id")),
            "date_from": change.effective_date,
        }
        lines = self.env["crm.subscription.line"].with_context(crm_state=STATE_CHANGE)
        if "price_unit" not in vals:
            vals["price_unit"] = lines.new(vals)._get_catalogue_price(
                change.effective_date, vals.get("quantity")
            )
        line = lines.create(vals).with_env(self.env)
        line._open_change_version(change)
        return line

    def _take(self, values, name):
        """A value that the change cannot do without."""
        value = values.get(name)
        if not value and (value is None or isinstance(value, bool | str | list)):
            raise UserError(self.env._("%(name)s is missing.", name=name))
        return value

    def _take_line(self, values):
        line = self.env["crm.subscription.line"].browse(
            int(self._take(values, "line_id"))
        )
        return line.exists()._check_amendable(self)

    def _get_amendable_lines(self, day):
        return self._get_recurring_lines().filtered(
            lambda line: (
                (terms := line._get_version_at(day))
                and terms.stop not in ("remove", "close")
            )
        )
