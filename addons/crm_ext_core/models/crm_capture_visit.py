from datetime import timedelta

from odoo import api, fields, models

from ..tools.capture import MAX_URL


class CrmCaptureVisit(models.Model):
    """A page that a known person came back to, with that person's recorded consent."""

    _name = "crm.capture.visit"
    _description = "Visit of a known person"
    _order = "date desc, id desc"
    _rec_name = "url"

    post_id = fields.Many2one(
        "crm.capture.post",
        string="Consent",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="post_id.company_id", store=True)
    lead_id = fields.Many2one(
        "crm.lead", ondelete="set null", index="btree_not_null", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", ondelete="set null", index="btree_not_null", readonly=True
    )
    kind = fields.Selection(
        [("visit", "Visit"), ("download", "Download")], required=True, readonly=True
    )
    date = fields.Datetime(required=True, readonly=True)
    url = fields.Char(string="Page", readonly=True)

    @api.model
    def record_visit(self, token, url, kind="visit"):
        """Write down that a recognised person is back, and let rules act on it.

        :param str token: given to the browser with the person's consent
        :param str url: the page, or the document downloaded
        :param str kind: visit or download
        :return: whether the person is known
        """
        # sudo: a visitor has no right on any record; the signed token was given with
        # the consent to be recognised
        post = self.env["crm.capture.post"].sudo()._find_visitor(token)
        if not post or kind not in dict(self._fields["kind"].selection):
            return False
        now = fields.Datetime.now()
        visit = self.sudo().create(
            {
                "post_id": post.id,
                "lead_id": post.lead_id.id,
                "partner_id": post.lead_id.partner_id.id,
                "kind": kind,
                "date": now,
                "url": url[:MAX_URL],
            }
        )
        if post.lead_id:
            # one event a day: pages read in one visit are one sign of interest
            ref = f"{post.id}-{now:%Y-%m-%d}-{url[:200] if kind == 'download' else ''}"
            self.env["crm.score.event"].sudo()._log(kind, [(post.lead_id.id, now, ref)])
        visit._call_back()
        return True

    def _call_back(self):
        """The owner of the person is asked to call, once while the task is open."""
        form = self.post_id.form_id
        lead, partner = self.lead_id, self.partner_id
        record = lead if lead.won_status == "pending" and lead.active else partner
        owner = record and (record.user_id or lead.user_id)
        if not form.call_back or not owner:
            return
        summary = self.env._("Call back: %(name)s is on the website", name=_name(self))
        known = record.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == form.call_back_type_id
                and activity.user_id == owner
            )
        )
        if not known:
            record.activity_schedule(
                activity_type_id=form.call_back_type_id.id,
                date_deadline=fields.Date.today() + timedelta(days=form.call_back_days),
                summary=summary,
                note=self.url,
                user_id=owner.id,
            )


def _name(visit):
    lead = visit.lead_id
    return lead.contact_name or lead.partner_id.name or visit.post_id.email or ""
