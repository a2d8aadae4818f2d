from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import plaintext2html

from ..tools.import_lookup import Ambiguous, Unknown
from .crm_subscription import TRIAL

GROUPS_A_UNIT = 10
HEAD = {
    "date_start": "date_start",
    "date_end": "date_end",
    "interval": "interval",
    "unit": "unit",
    "anchor_days": "anchor_days",
    "invoicing": "invoicing",
    "instalments": "instalments",
    "purchase_order": "client_order_ref",
    "note": "note",
}
BODY = {
    "display_type": "display_type",
    "description": "name",
    "quantity": "quantity",
    "price_unit": "price_unit",
    "price_mode": "price_mode",
    "discount": "discount",
    "line_type": "line_type",
    "line_start": "date_from",
}


class Dropped(Exception):
    """Takes back what a check has created."""


class CrmSubscriptionImportSubscription(models.AbstractModel):
    """Files of subscriptions: the rows of one reference make one subscription.

    It is entered and confirmed as by hand; what was billed elsewhere becomes an opening
    row of the ledger, so that nothing before it is ever billed. A reference that is
    known already is left alone.
    """

    _name = "crm.subscription.import.subscription"
    _description = "Import of subscriptions"

    @api.model
    def _check_rights(self):
        if not self.env.user.has_group(
            "crm_ext_subscriptions.group_subscriptions_manager"
        ):
            raise AccessError(
                self.env._("Subscriptions are imported by their administrators.")
            )

    @api.model
    def _pack(self, rows):
        """Whole subscriptions, a few of them a unit."""
        groups = list(_by_reference(rows).values())
        for start in range(0, len(groups), GROUPS_A_UNIT):
            chunk = groups[start : start + GROUPS_A_UNIT]
            yield [row for group in chunk for row in group]

    @api.model
    def _foresee(self, rows):
        """What would become of the rows: each subscription is entered, and dropped."""
        return self._treat(rows, keep=False)

    @api.model
    def _carry_out(self, rows):
        return self._treat(rows, keep=True)

    def _treat(self, rows, keep):
        groups = _by_reference(rows)
        known = self._find_known(groups)
        lookup = self.env["crm.subscription.import.lookup"]._load(rows)
        fates = {}
        for reference, group in groups.items():
            if reference in known:
                fate = ("replayed", known[reference])
                fates |= {row.number: fate for row in group}
            else:
                fates |= self._treat_group(group, lookup, keep)
        return fates

    def _find_known(self, groups):
        found = self.env["crm.subscription"].search_fetch(
            [
                ("external_ref", "in", list(groups)),
                ("company_id", "=", self.env.company.id),
            ],
            ["external_ref", "name"],
        )
        return {subscription.external_ref: subscription.name for subscription in found}

    def _treat_group(self, group, lookup, keep):
        faults = {row.number: self._find_fault(row, lookup) for row in group}
        if bad := {number: fault for number, fault in faults.items() if fault}:
            other = self.env._("Row %(number)s is refused.", number=min(bad))
            return {n: ("rejected", bad.get(n, other)) for n in faults}
        try:
            with self.env.cr.savepoint():
                self._enter(group, lookup, keep)
                self.env.flush_all()
                if not keep:
                    raise Dropped
        except Dropped:
            self.env.invalidate_all()
        except (AccessError, UserError, ValidationError, IntegrityError) as error:
            self.env.invalidate_all()
            return {n: ("rejected", self._explain(error)) for n in faults}
        return {number: ("created", "") for number in faults}

    def _explain(self, error):
        if isinstance(error, IntegrityError):
            table = error.diag.table_name
            names = {model._table: name for name, model in self.env.registry.items()}
            return self.env[names.get(table, "base")]._sql_error_to_message(error)
        return str(error)

    def _find_fault(self, row, lookup):
        if row.faults:
            return self.env["crm.import.reject"]._explain(row.faults)
        try:
            self._prepare_head(row, lookup)
            self._prepare_line(row, lookup)
        except Unknown as fault:
            return self.env._(
                "%(column)s: %(text)s is unknown.", column=fault.column, text=fault.text
            )
        except Ambiguous as fault:
            return self.env._(
                "%(column)s: %(text)s names several records.",
                column=fault.column,
                text=fault.text,
            )
        return self._find_wrong_date(row)

    def _find_wrong_date(self, row):
        values = row.values
        until = values.get("billed_until")
        if until and until < values["date_start"]:
            return self.env._("billed_until: it lies before the start.")
        if until and values.get("date_end") and until > values["date_end"]:
            return self.env._("billed_until: it lies after the end.")
        return ""

    # ------------------------------------------------------------------ entry
    def _enter(self, group, lookup, keep):
        """Enter and confirm one subscription, and say what was billed elsewhere.

        :param keep: false for a trial, which takes no number
        """
        quiet = self.env["crm.subscription"].with_context(
            tracking_disable=True, crm_trial=None if keep else TRIAL
        )
        subscription = quiet.create(
            self._prepare_head(group[0], lookup)
            | {
                "external_ref": group[0].values["external_ref"],
                "line_ids": [
                    Command.create(
                        self._prepare_line(row, lookup) | {"sequence": 10 * rank}
                    )
                    for rank, row in enumerate(group, 1)
                ],
            }
        )
        subscription.action_confirm()
        lines = subscription.line_ids.sorted("sequence")
        pairs = list(zip(lines, (row.values for row in group), strict=True))
        self._end_lines(pairs)
        self.env["crm.billing.period"]._open_ledger(
            [(line, values.get("billed_until")) for line, values in pairs]
        )

    def _prepare_head(self, row, lookup):
        vals = self._pick(row.values, HEAD, "crm.subscription")
        if vals.get("note"):
            vals["note"] = plaintext2html(vals["note"])
        vals["partner_id"] = lookup.find("customer", row.values)
        links = {
            "invoice_address": "partner_invoice_id",
            "salesperson": "user_id",
            "plan": "plan_id",
            "payment_term": "payment_term_id",
            "currency": "currency_id",
        }
        for column, name in links.items():
            if row.values.get(column):
                vals[name] = lookup.find(column, row.values)
        return vals

    def _prepare_line(self, row, lookup):
        vals = self._pick(row.values, BODY, "crm.subscription.line")
        links = {
            "product": "product_id",
            "meter": "meter_id",
            "tariff": "usage_price_id",
        }
        for column, name in links.items():
            if row.values.get(column):
                vals[name] = lookup.find(column, row.values)
        if not vals.get("product_id") and not vals.get("display_type"):
            raise Unknown("product", "")
        return vals

    def _pick(self, values, names, model):
        """The values of the columns that are filled, by field of the model."""
        found = {}
        for column, name in names.items():
            value = values.get(column)
            if value in (None, ""):
                continue
            field = self.env[model]._fields[name]
            if field.type == "selection":
                value = value.lower()
                if value not in field.get_values(self.env):
                    raise Unknown(column, value)
            kinds = {"integer": int, "float": float}
            found[name] = kinds.get(field.type, lambda it: it)(value)
        return found

    def _end_lines(self, pairs):
        # sudo: versions are history, no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(
            [
                {
                    "line_id": line.id,
                    "date_from": fields.Date.add(values["line_end"], days=1),
                    "quantity": 0,
                    "standing_quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "stop": "remove",
                    "reason": "remove_line",
                }
                for line, values in pairs
                if values.get("line_end") and not line.display_type
            ]
        )


def _by_reference(rows):
    groups = {}
    for row in rows:
        reference = row.values.get("external_ref") or f"\x00{row.number}"
        groups.setdefault(reference, []).append(row)
    return groups
