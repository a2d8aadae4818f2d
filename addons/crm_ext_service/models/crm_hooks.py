from odoo import api, models
from odoo.tools import format_duration

from odoo.addons.crm_ext_core.tools.hooks import (
    AuditCheck,
    ContextSection,
    PartnerCounter,
)


class CrmHooks(models.AbstractModel):
    """What service shows on the customer and proves every night."""

    _inherit = "crm.hooks"

    @api.model
    def _partner_counters(self):
        return super()._partner_counters() | {
            "service_open": PartnerCounter(
                self.env._("Open requests"),
                "fa-life-ring",
                "crm.case",
                domain=(("is_closed", "=", False),),
            ),
            "service_handled": PartnerCounter(
                self.env._("Cases handled"),
                "fa-check-circle-o",
                "crm.case",
                domain=(("is_closed", "=", True),),
            ),
            "service_hours": PartnerCounter(
                self.env._("Hours spent"),
                "fa-clock-o",
                "crm.work.entry",
                sum_field="hours",
            ),
            "service_calls": PartnerCounter(
                self.env._("Cases by phone"),
                "fa-phone",
                "crm.case",
                domain=(("channel", "=", "phone"),),
            ),
        }

    @api.model
    def _customer_context(self, partner):
        sections = super()._customer_context(partner)
        if not self.env["crm.case"].has_access("read"):
            return sections
        return [*sections, self._service_section(partner.commercial_partner_id)]

    @api.model
    def _service_section(self, customer):
        domain = [("commercial_partner_id", "=", customer.id)]
        cases = self.env["crm.case"].search(
            [*domain, ("is_closed", "=", False)], limit=5
        )
        books = self.env["crm.hour.book"].search(
            [("partner_id", "=", customer.id), ("state", "=", "running")]
        )
        left = format_duration(sum(books.mapped("hours_left")))
        rows = [(self.env._("Prepaid hours left"), left)] if books else []
        rows += [(case.number, f"{case.name} ({case.stage_id.name})") for case in cases]
        return ContextSection(self.env._("Service"), tuple(rows))

    @api.model
    def _audit_checks(self):
        return super()._audit_checks() | {
            "service_hour_balances": AuditCheck(
                self.env._("Every hour book's balance is the sum of its moves"),
                "crm.hour.move",
                "_audit_balances",
            ),
            "service_open_hops": AuditCheck(
                self.env._("A queue item is in one place at a time"),
                "crm.queue.hop",
                "_audit_open_hops",
            ),
        }
