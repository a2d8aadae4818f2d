from odoo import api, fields, models


class CrmSubscription(models.Model):
    """Customers see terms, prices in force, what comes next and their invoices."""

    _name = "crm.subscription"
    _inherit = ["crm.subscription", "crm.portal.mixin"]

    _portal_fields = frozenset(
        {
            "name",
            "state",
            "partner_id",
            "commercial_partner_id",
            "client_order_ref",
            "company_id",
            "note",
            "plan_id",
            "date_start",
            "date_end",
            "interval",
            "unit",
            "invoicing",
            "currency_id",
            "line_ids",
            "period_ids",
            "revision_ids",
            "amount_period",
            "next_due_date",
            "access_url",
        }
    )

    # the sum of lines that the reader of the subscription may see anyway
    amount_period = fields.Monetary(compute_sudo=True)

    def action_preview_portal(self):
        """Open the page as the customer gets it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    @api.model
    def _get_portal_line_choices(self, partner):
        """The lines that a customer may name in a request: those of what runs.

        sudo: only labels leave this method, of the partner's own company.
        """
        return (
            self.env["crm.subscription.line"]
            .sudo()
            .search(
                [
                    ("subscription_id.state", "in", ("running", "paused")),
                    (
                        "subscription_id.commercial_partner_id",
                        "child_of",
                        partner.commercial_partner_id.ids,
                    ),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
        )

    def _get_portal_next_invoice(self):
        """What the next due date will bill, untaxed; nothing is written.

        :return: date, date_from, date_to and amount; nothing due, an empty dict
        """
        self.ensure_one()
        if self.state != "running" or not self.next_due_date:
            return {}
        rows = [
            row
            for row in self._prepare_due_rows(self.next_due_date)
            if row.get("date_from")
        ]
        if not rows:
            return {}
        return {
            "date": self.next_due_date,
            "date_from": min(row["date_from"] for row in rows),
            "date_to": max(row["date_to"] for row in rows),
            "amount": sum(row["amount"] for row in rows),
        }

    def _get_portal_invoices(self, reader):
        """The posted invoices of the subscription that a user may open, last first.

        :param reader: the res.users who looks; the host's own rules decide
        """
        # sudo: the way from ledger to invoice; access is checked on what comes out
        moves = self.sudo().period_ids.invoice_line_ids.move_id
        posted = moves.filtered(lambda move: move.state == "posted")
        visible = posted.with_user(reader)._filtered_access("read")
        return visible.sudo().sorted(
            lambda move: (move.invoice_date, move.id), reverse=True
        )

    def _get_portal_revisions(self):
        """Price revisions that are decided, newest first."""
        return self.revision_ids.filtered(
            lambda revision: revision.state in ("approved", "applied")
        ).sorted("effective_date", reverse=True)

    def _get_portal_frequency(self):
        """How often it is billed, in words."""
        self.ensure_one()
        count = self.interval
        if count == 1:
            words = {
                "day": self.env._("Every day"),
                "week": self.env._("Every week"),
                "month": self.env._("Every month"),
                "quarter": self.env._("Every quarter"),
                "year": self.env._("Every year"),
            }
        else:
            words = {
                "day": self.env._("Every %(count)s days", count=count),
                "week": self.env._("Every %(count)s weeks", count=count),
                "month": self.env._("Every %(count)s months", count=count),
                "quarter": self.env._("Every %(count)s quarters", count=count),
                "year": self.env._("Every %(count)s years", count=count),
            }
        return words[self.unit]

    def _get_portal_badge(self):
        """Bootstrap colour of the state."""
        self.ensure_one()
        return {"running": "text-bg-success", "paused": "text-bg-warning"}.get(
            self.state, "text-bg-secondary"
        )
