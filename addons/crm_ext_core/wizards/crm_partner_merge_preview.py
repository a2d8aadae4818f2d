from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.duplicate_keys import registry_of
from .base_partner_merge_automatic_wizard import CONFIRMED

SHOWN = (
    "name",
    "parent_id",
    "email",
    "phone",
    "company_registry",
    "vat",
    "website",
    "street",
    "zip",
    "city",
    "country_id",
    "function",
    "user_id",
    "lang",
    "ref",
)


class CrmPartnerMergePreview(models.TransientModel):
    """What the host's merge of contacts would keep, and why it should not be done.

    There is no way back: hence the preview, the conflicts named, and the confirmation
    of an accountant when several of the contacts have posted invoices.
    """

    _name = "crm.partner.merge.preview"
    _description = "Preview of a merge of contacts"

    partner_ids = fields.Many2many("res.partner", string="Contacts")
    winner_id = fields.Many2one(
        "res.partner",
        string="Contact that stays",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', partner_ids)]",
    )
    table = fields.Json(compute="_compute_table")
    conflicts = fields.Text(compute="_compute_conflicts")
    invoiced = fields.Text(
        string="Posted invoices", compute="_compute_invoiced", compute_sudo=False
    )
    is_accountant = fields.Boolean(compute="_compute_is_accountant")
    confirmed = fields.Boolean(
        string="I am an accountant and confirm that their invoices become one "
        "customer's"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            ids = self.env.context.get("active_ids", ())
            values |= self._prepare_values(self.env["res.partner"].browse(ids))
        return values

    @api.model
    def _prepare_values(self, partners):
        if len(partners) < 2:
            raise UserError(self.env._("Tick two contacts or more to merge them."))
        partners.check_access("write")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        ordered = wizard._get_ordered_partner(partners.ids)
        return {
            "partner_ids": [fields.Command.set(ordered.ids)],
            "winner_id": ordered[-1].id,
        }

    @api.model
    def _open(self, partners):
        wizard = self.create(self._prepare_values(partners))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge contacts"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_partners(self):
        return self.winner_id._origin | self.partner_ids._origin

    # ------------------------------------------------------------------ preview
    @api.depends("partner_ids", "winner_id")
    def _compute_table(self):
        """The values of each, and which one the host's merge keeps: the winner's, else
        the last one's that has it."""
        for wizard in self:
            partners = wizard._get_partners()
            rows = [
                wizard._to_row(partners, name)
                for name in SHOWN
                if name in partners._fields
            ]
            wizard.table = {
                "columns": [
                    {
                        "id": it.id,
                        "name": it.display_name,
                        "stays": it == wizard.winner_id._origin,
                    }
                    for it in partners
                ],
                "rows": [row for row in rows if row],
            }

    def _to_row(self, partners, name):
        field = partners._fields[name]
        texts = {
            it.id: (it[name].display_name if field.relational else it[name]) or ""
            for it in partners
        }
        if len(set(texts.values())) < 2:
            return None
        filled = [id_ for id_, text in texts.items() if text]
        kept = self.winner_id.id if self.winner_id.id in filled else filled[-1]
        return {
            "field": name,
            "label": field._description_string(self.env),
            "cells": [{"lead": id_, "text": text} for id_, text in texts.items()],
            "kept": kept,
        }

    @api.depends("partner_ids", "winner_id")
    def _compute_conflicts(self):
        for wizard in self:
            wizard.conflicts = "\n".join(wizard._get_conflicts())

    def _get_conflicts(self):
        """What speaks against it, in words."""
        partners = self._get_partners()
        found = []
        sirets = {registry_of(it.company_registry or "") for it in partners} - {""}
        if len(sirets) > 1:
            found.append(
                self.env._(
                    "They have different SIREN or SIRET numbers: %(numbers)s.",
                    numbers=", ".join(sorted(sirets)),
                )
            )
        vats = {(it.vat or "").replace(" ", "").upper() for it in partners} - {""}
        if len(vats) > 1:
            found.append(
                self.env._(
                    "They have different VAT numbers: %(numbers)s.",
                    numbers=", ".join(sorted(vats)),
                )
            )
        if len(set(partners.mapped("email"))) > 1 and not self.env.is_admin():
            found.append(
                self.env._(
                    "Their e-mails differ: only an administrator may merge them. Give "
                    "them the same e-mail first."
                )
            )
        if len(partners) > 3:
            found.append(self.env._("At most three contacts are merged at once."))
        return found

    @api.depends("partner_ids")
    def _compute_invoiced(self):
        for wizard in self:
            wizard.invoiced = "\n".join(
                self.env._("%(partner)s: %(count)s", partner=it.display_name, count=n)
                for it, n in wizard._get_partners()._crm_count_invoices().items()
            )

    def _compute_is_accountant(self):
        self.is_accountant = self.env.user._crm_is_accountant()

    # ------------------------------------------------------------------ merging
    def action_merge(self):
        """Merge by the host's own wizard, under its own rules."""
        self.ensure_one()
        partners = self._get_partners()
        partners.check_access("write")
        host = self.env["base.partner.merge.automatic.wizard"]
        if partners._crm_have_joint_invoices():
            self._check_confirmed()
            host = host.with_context(crm_joint_invoices=CONFIRMED)
        names = ", ".join((partners - self.winner_id).mapped("display_name"))
        wizard = host.create(
            {
                "state": "selection",
                "partner_ids": [fields.Command.set(partners.ids)],
                "dst_partner_id": self.winner_id.id,
            }
        )
        wizard.action_merge()
        self.winner_id._message_log(
            body=self.env._(
                "%(names)s merged into this contact after a preview.%(invoices)s",
                names=names,
                invoices=self.env._(" Joint invoices were confirmed.")
                if self.confirmed
                else "",
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.winner_id.id,
            "view_mode": "form",
        }

    def _check_confirmed(self):
        self.env.user._crm_check_accountant()
        if not self.confirmed:
            raise UserError(
                self.env._(
                    "Two or more of these contacts have posted invoices: tick the "
                    "confirmation to merge them all the same."
                )
            )
