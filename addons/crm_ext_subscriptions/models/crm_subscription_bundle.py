from markupsafe import Markup

from odoo import api, fields, models

from ..tools.move_lines import bundle

# invoices made together: enough for bulk, few enough to hold locks briefly
CHUNK = 200
# what subscriptions must share to be billed on one invoice
SHARED = (
    "company_id",
    "partner_invoice_id",
    "currency_id",
    "journal_id",
    "payment_term_id",
    "fiscal_position_id",
    "preferred_payment_method_line_id",
    # one invoice is charged once, to one stored payment method
    "payment_token_id",
)


class CrmSubscription(models.Model):
    """Which subscriptions share an invoice, and what the invoice says of them."""

    _inherit = "crm.subscription"

    group_invoices = fields.Boolean(
        string="Share invoices",
        help="What is due on the same run for the same invoice address, journal, "
        "payment terms and fiscal position comes on one invoice, with the other "
        "subscriptions that share theirs.",
    )

    def _bundle_for_invoicing(self):
        """These subscriptions, in recordsets of one invoice each."""
        return [
            self.browse().concat(*together).with_prefetch(self._prefetch_ids)
            for together in bundle(self, lambda sub: sub._get_bundle_key())
        ]

    def _split_for_billing(self, size=CHUNK):
        """These subscriptions in chunks; the caches are emptied in between, so that
        memory does not grow with their number. What shares an invoice stays together.
        """
        bundles = self._bundle_for_invoicing()
        for start in range(0, len(bundles), size):
            if start:
                self.env.flush_all()
                self.env.invalidate_all()
            yield self.browse().concat(*bundles[start : start + size])

    def _to_units(self):
        """Units of a run: what shares an invoice is billed, or fails, as one."""
        return [
            {"res_id": together[0].id, "payload": together.ids}
            for together in self._bundle_for_invoicing()
        ]

    @api.model
    def _from_units(self, units):
        ids = [record_id for unit in units for record_id in unit.payload]
        return self.browse(ids).exists()

    def _get_bundle_key(self):
        self.ensure_one()
        if not self.group_invoices:
            return None
        return tuple(self[name].id for name in SHARED)

    def _prepare_invoice(self, invoice_date):
        """Values of the invoice of these subscriptions, lines apart."""
        first = self[:1]
        notes = dict.fromkeys(sub.note for sub in self if sub.note)
        return {
            "move_type": "out_invoice",
            "company_id": first.company_id.id,
            "journal_id": first.journal_id.id,
            "partner_id": first.partner_invoice_id.id,
            "currency_id": first.currency_id.id,
            "invoice_date": invoice_date,
            "invoice_payment_term_id": first.payment_term_id.id,
            "fiscal_position_id": first.fiscal_position_id.id,
            "invoice_user_id": first.user_id.id,
            "preferred_payment_method_line_id": (
                first.preferred_payment_method_line_id.id
            ),
            "invoice_origin": self._join("name"),
            "ref": self._join("client_order_ref") or False,
            "narration": Markup("").join(notes) or False,
        }

    def _join(self, name):
        return ", ".join(dict.fromkeys(sub[name] for sub in self if sub[name]))

    def _prepare_heading(self):
        """The section that stands over a subscription on a shared invoice."""
        self.ensure_one()
        heading = self.name
        if self.client_order_ref:
            heading = f"{heading} ({self.client_order_ref})"
        return {"display_type": "line_section", "name": heading}
