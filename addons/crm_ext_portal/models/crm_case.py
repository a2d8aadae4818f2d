from odoo import api, fields, models
from odoo.tools import html2plaintext


class CrmCase(models.Model):
    """What customers see of their cases, and what their answers set in motion."""

    _name = "crm.case"
    _inherit = ["crm.case", "crm.portal.mixin"]

    _portal_fields = frozenset(
        {
            "name",
            "number",
            "active",
            "description",
            # searched by default order
            "priority",
            "category_id",
            "kind",
            "channel",
            "partner_id",
            "commercial_partner_id",
            "product_id",
            "crm_subscription_id",
            "company_id",
            "stage_id",
            "stage_kind",
            "is_closed",
            "opened_at",
            "closed_at",
            "billable_hours",
            "deducted_hours",
            "has_new_answer",
            "access_url",
        }
    )

    has_new_answer = fields.Boolean(
        string="Answer not seen yet",
        readonly=True,
        copy=False,
        help="Nobody of the customer has opened the last answer in the portal.",
    )
    answer_seen_at = fields.Datetime(string="Answer seen on", readonly=True, copy=False)

    _new_answer_idx = models.Index("(commercial_partner_id) WHERE has_new_answer")

    # ------------------------------------------------------------------ answers
    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.subtype_id == self.env.ref("mail.mt_comment"):
            self._portal_on_comment(message)
        return result

    def _portal_on_comment(self, message):
        """Our answer waits to be seen; the customer's comment moves the case on.

        A customer's mail is no comment: message_update deals with it.
        """
        # sudo: who may post need not write the case
        case = self.sudo()
        author = message.sudo().author_id
        if author and not author.partner_share:
            case.has_new_answer = True
        elif message.message_type == "comment" and self.env.user.share:
            case.has_new_answer = False
            case._on_customer_reply()

    def _portal_mark_seen(self):
        """Somebody of the customer has opened the case."""
        self.filtered("has_new_answer").write(
            {
                "has_new_answer": False,
                "answer_seen_at": fields.Datetime.now(),
            }
        )

    # ------------------------------------------------------------------ list
    @api.model
    def _get_portal_sortings(self):
        return {
            "newest": {
                "label": self.env._("Newest"),
                "order": "opened_at desc, id desc",
            },
            "moved": {
                "label": self.env._("Last change"),
                "order": "write_date desc, id",
            },
            "number": {"label": self.env._("Number"), "order": "number"},
            "state": {
                "label": self.env._("State"),
                "order": "is_closed, opened_at desc, id desc",
            },
        }

    @api.model
    def _get_portal_filters(self):
        # sudo: which stages wait for the customer is no secret
        waiting = self.env["crm.case.stage"].sudo().search([("kind", "=", "waiting")])
        domains = {
            "all": [],
            "open": [("is_closed", "=", False)],
            "answered": [("has_new_answer", "=", True)],
            "waiting": [("stage_id", "in", waiting.ids)],
            "closed": [("is_closed", "=", True)],
        }
        labels = {
            "all": self.env._("All"),
            "open": self.env._("Open"),
            "answered": self.env._("New answers"),
            "waiting": self.env._("Waiting for you"),
            "closed": self.env._("Closed"),
        }
        return {
            code: {"label": labels[code], "domain": domain}
            for code, domain in domains.items()
        }

    @api.model
    def _get_portal_search_domain(self, text):
        """Each word is looked for in number, subject and description."""
        domain = []
        for word in (text or "").split():
            domain += [
                "|",
                "|",
                ("number", "ilike", word),
                ("name", "ilike", word),
                ("description", "ilike", word),
            ]
        return domain

    def _get_portal_state(self):
        """The state in words that speak to the customer."""
        self.ensure_one()
        if self.stage_kind == "waiting":
            return self.env._("Waiting for you")
        return self.stage_id.name

    def _get_portal_badge(self):
        """Bootstrap colour of the state."""
        self.ensure_one()
        return {
            "new": "text-bg-info",
            "progress": "text-bg-primary",
            "waiting": "text-bg-warning",
            "closed": "text-bg-light border",
        }.get(self.stage_kind, "text-bg-light")

    def _get_portal_description(self):
        """The description as a customer corrects it, without form."""
        self.ensure_one()
        return html2plaintext(self.description or "").strip()

    # ------------------------------------------------------------------ actions
    def action_open_portal(self):
        """Show an agent the page that the customer sees."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }
