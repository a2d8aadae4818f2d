from odoo import api, fields, models
from odoo.exceptions import UserError


class UtmCampaign(models.Model):
    """A campaign: a segment, its mailings, and what became of them."""

    _inherit = "utm.campaign"

    # the field of the host's sales app, here also without it
    company_id = fields.Many2one("res.company", index=True)
    currency_id = fields.Many2one(related="company_id.currency_id", string="Currency")
    crm_segment_id = fields.Many2one(
        "crm.segment", string="Segment", index="btree_not_null", ondelete="restrict"
    )
    crm_date_start = fields.Date(string="Starts on")
    crm_date_end = fields.Date(string="Ends on")
    crm_budget = fields.Monetary(string="Budget", currency_field="currency_id")
    crm_description = fields.Html(string="Brief")

    crm_sent_count = fields.Integer(string="Sent", compute="_compute_crm_figures")
    crm_opened_count = fields.Integer(string="Opened", compute="_compute_crm_figures")
    crm_clicked_count = fields.Integer(string="Clicked", compute="_compute_crm_figures")
    crm_returned_count = fields.Integer(
        string="Returned in error",
        compute="_compute_crm_figures",
        help="Mails that came back, whatever the error. A mail laid into the junk "
        "folder did not come back.",
    )
    crm_hard_count = fields.Integer(string="Hard", compute="_compute_crm_figures")
    crm_soft_count = fields.Integer(string="Soft", compute="_compute_crm_figures")
    crm_spam_count = fields.Integer(
        string="Refused by filters", compute="_compute_crm_figures"
    )
    crm_delivered_count = fields.Integer(
        string="Not returned",
        compute="_compute_crm_figures",
        help="Sent minus returned in error: the numerator of the deliverability rate.",
    )
    crm_deliverability_rate = fields.Float(
        string="Deliverability (%)",
        digits=(5, 2),
        compute="_compute_crm_figures",
        help="Not returned (sent minus all mails returned in error) divided by sent.",
    )

    _crm_dates_in_order = models.Constraint(
        "CHECK(crm_date_end >= crm_date_start)", "A campaign ends after it starts."
    )
    _crm_budget_positive = models.Constraint(
        "CHECK(crm_budget >= 0)", "A budget is not negative."
    )

    @api.model
    def default_get(self, fields):
        """The company of new campaigns; those there before us stay everybody's."""
        values = super().default_get(fields)
        if "company_id" in fields:
            values.setdefault("company_id", self.env.company.id)
        return values

    @api.depends("mailing_mail_ids.mailing_trace_ids.trace_status")
    def _compute_crm_figures(self):
        """Every figure from one reading of the traces; tests are left out."""
        # sudo: whoever sees the campaign sees its figures, not its recipients
        rows = (
            self.env["mailing.trace"]
            .sudo()
            ._read_group(
                [
                    ("campaign_id", "in", self.ids),
                    ("trace_type", "=", "mail"),
                    ("is_test_trace", "!=", True),
                    ("sent_datetime", "!=", False),
                ],
                ["campaign_id", "trace_status", "crm_bounce_class"],
                ["__count", "links_click_datetime:count"],
            )
        )
        for campaign in self:
            mine = [row[1:] for row in rows if row[0].id == campaign.id]
            campaign._set_crm_figures(mine)

    def _set_crm_figures(self, rows):
        """:param list rows: (status, bounce class, number, number of clicked)"""
        sent = sum(row[2] for row in rows)
        returned = [row for row in rows if row[0] == "bounce"]
        by_class = {
            name: sum(row[2] for row in returned if row[1] == name)
            for name in ("hard", "soft", "spam")
        }
        self.crm_sent_count = sent
        self.crm_opened_count = sum(
            row[2] for row in rows if row[0] in ("open", "reply")
        )
        self.crm_clicked_count = sum(row[3] for row in rows)
        self.crm_returned_count = sum(row[2] for row in returned)
        self.crm_hard_count = by_class["hard"]
        self.crm_soft_count = by_class["soft"]
        self.crm_spam_count = by_class["spam"]
        self.crm_delivered_count = sent - self.crm_returned_count
        self.crm_deliverability_rate = (
            100 * self.crm_delivered_count / sent if sent else 0
        )

    # ------------------------------------------------------------------ actions
    def action_crm_prepare_mailing(self):
        """Create a draft mailing to the campaign's segment and open it."""
        self.ensure_one()
        if not self.crm_segment_id:
            raise UserError(
                self.env._(
                    "Choose the segment of campaign %(campaign)s first.",
                    campaign=self.title,
                )
            )
        mailing = self.env["mailing.mailing"].create(self._prepare_mailing_values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "res_id": mailing.id,
            "view_mode": "form",
        }

    def _prepare_mailing_values(self):
        segment = self.crm_segment_id
        return {
            "subject": self.title,
            "campaign_id": self.id,
            "crm_segment_id": segment.id,
            "mailing_type": "mail",
            "mailing_model_id": self.env["ir.model"]._get_id(segment._get_models()[0]),
            "mailing_domain": repr(list(segment._get_domain())),
            "user_id": self.user_id.id or self.env.uid,
        }

    def action_crm_view_traces(self):
        """The mails behind a figure; the context names the host's filter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mass_mailing.mailing_trace_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        name = self.env.context.get("crm_filter", "sent")
        action["context"] = {f"search_default_filter_{name}": 1}
        return action

    def action_crm_view_bounces(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_campaigns.crm_bounce_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        action["context"] = {"search_default_group_class": 1}
        return action
