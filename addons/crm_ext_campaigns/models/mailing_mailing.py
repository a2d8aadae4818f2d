from odoo import fields, models
from odoo.exceptions import UserError


class MailingMailing(models.Model):
    """A mailing to a segment: who gets it is settled when it is launched."""

    _inherit = "mailing.mailing"

    crm_segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=True,
    )
    crm_frozen_segment_id = fields.Many2one(
        "crm.segment",
        string="Recipients at launch",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The records the segment held when the mailing was launched.",
    )
    crm_returned_count = fields.Integer(
        string="Returned", compute="_compute_crm_returns"
    )

    def _compute_crm_returns(self):
        counts = dict(
            self.env["crm.bounce"]._read_group(
                [("mailing_id", "in", self.ids), ("kind", "=", "return")],
                ["mailing_id"],
                ["__count"],
            )
        )
        for mailing in self:
            mailing.crm_returned_count = counts.get(mailing, 0)

    # ------------------------------------------------------------------ actions
    def action_put_in_queue(self):
        self._crm_freeze_recipients()
        return super().action_put_in_queue() or True  # XML-RPC knows no None

    def action_cancel(self):
        # nothing is sent yet: the segment is evaluated anew at the next launch
        self.filtered(
            lambda mailing: not mailing.sent_date
        ).crm_frozen_segment_id = False
        return super().action_cancel()

    def action_crm_view_bounces(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_campaigns.crm_bounce_action"
        )
        action["domain"] = [("mailing_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------ recipients
    def _get_recipients_domain(self):
        segment = self.crm_frozen_segment_id or self.crm_segment_id
        if not segment:
            return super()._get_recipients_domain()
        # sudo: the queue runs for whoever launched; the frozen members were chosen in
        # his rights, and a live segment is searched in the rights of the reader
        return segment.sudo()._get_domain(self.mailing_model_real)

    def _crm_freeze_recipients(self):
        """Keep who the segment holds now; excluded addresses fall out when sending."""
        for mailing in self:
            segment = mailing.crm_segment_id
            if not segment or mailing.crm_frozen_segment_id:
                continue
            if mailing.mailing_model_real not in segment._get_models():
                raise UserError(
                    self.env._(
                        "Segment %(segment)s is not made of the mailing's recipients.",
                        segment=segment.name,
                    )
                )
            if segment.kind == "dynamic":
                segment = mailing._crm_frozen_copy()
            mailing.crm_frozen_segment_id = segment

    def _crm_frozen_copy(self):
        copy = self.crm_segment_id.copy(
            {
                "name": f"{self.crm_segment_id.name} – {self.subject}",
                "user_id": self.env.uid,
                "active": False,  # kept as a proof, out of the way of the lists
            }
        )
        copy._freeze()
        return copy
