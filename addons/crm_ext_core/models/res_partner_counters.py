from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import formatLang


class ResPartner(models.Model):
    """What the addons know of a contact: counters that open lists, and a summary."""

    _inherit = "res.partner"

    crm_counters = fields.Json(string="Counters", compute="_compute_crm_counters")
    crm_context = fields.Json(string="Customer context", compute="_compute_crm_context")

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_crm_counters(self):
        """[{code, label, icon, value}], without those that are zero or out of reach."""
        parents = self._crm_parents()
        found = {partner.id: [] for partner in self}
        for code, counter in self._crm_readable_counters().items():
            totals = self._crm_count(counter, parents)
            for partner_id, value in totals.items():
                found[partner_id].append(
                    {
                        "code": code,
                        "label": counter.label,
                        "icon": counter.icon,
                        "value": self._crm_format_count(counter, value),
                    }
                )
        for partner in self:
            partner.crm_counters = found[partner.id]

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_crm_context(self):
        hooks = self.env["crm.hooks"]
        for partner in self:
            partner.crm_context = [
                {
                    "title": part.title,
                    "url": part.url,
                    "rows": [list(row) for row in part.rows],
                }
                for part in (hooks._customer_context(partner) if partner.id else [])
            ]

    def action_open_crm_counter(self, code):
        """Open the list behind a counter."""
        self.ensure_one()
        self.check_access("read")
        counter = self._crm_readable_counters().get(code)
        if not counter:
            raise UserError(self.env._("There is nothing to open here."))
        action = {
            "type": "ir.actions.act_window",
            "res_model": counter.model,
            "views": [(False, "list"), (False, "form")],
        }
        if counter.action:
            action = self.env["ir.actions.actions"]._for_xml_id(counter.action)
        domain = [(counter.field, "in", list(self._crm_parents())), *counter.domain]
        return action | {"name": counter.label, "domain": domain, "context": {}}

    # ------------------------------------------------------------------ counting
    def _crm_readable_counters(self):
        counters = self.env["crm.hooks"]._partner_counters()
        return {
            code: counter
            for code, counter in counters.items()
            if counter.model in self.env and self.env[counter.model].has_access("read")
        }

    def _crm_parents(self):
        """{contact id: its ancestors among self}, archived contacts included."""
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        mine = set(self.ids)
        above = {}
        for contact in family:
            walk, above[contact.id] = contact, []
            while walk:
                if walk.id in mine:
                    above[contact.id].append(walk.id)
                walk = walk.parent_id
        return above

    def _crm_count(self, counter, parents):
        """{id of self: number or sum}, in one query for the whole recordset."""
        aggregate = f"{counter.sum_field}:sum" if counter.sum_field else "__count"
        domain = Domain(counter.field, "in", list(parents)) & Domain(
            list(counter.domain)
        )
        totals = {}
        for contact, value in self.env[counter.model]._read_group(
            domain, [counter.field], [aggregate]
        ):
            for partner_id in parents.get(contact.id, ()):
                totals[partner_id] = totals.get(partner_id, 0) + (value or 0)
        return {partner_id: value for partner_id, value in totals.items() if value}

    def _crm_format_count(self, counter, value):
        if not counter.sum_field:
            return str(value)
        field = self.env[counter.model]._fields[counter.sum_field]
        if field.type == "monetary":
            return formatLang(
                self.env, value, currency_obj=self.env.company.currency_id
            )
        return formatLang(self.env, value, digits=0 if field.type == "integer" else 2)
