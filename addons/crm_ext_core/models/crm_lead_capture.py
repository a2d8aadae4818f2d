from odoo import api, fields, models


class CrmLead(models.Model):
    """Where a lead came in, and how long it waited for a first answer.

    The columns are plain: installing on a large base computes nothing, and a lead that
    was there before never counts as unanswered.
    """

    _inherit = "crm.lead"

    crm_capture_form_id = fields.Many2one(
        "crm.capture.form",
        string="Capture form",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    crm_landing_page = fields.Char(string="Landing page", readonly=True, copy=False)
    crm_unknown_source = fields.Char(
        string="Source as given",
        readonly=True,
        copy=False,
        help="Names in the address of the landing page that are no known source.",
    )
    crm_capture_post_ids = fields.One2many(
        "crm.capture.post", "lead_id", string="Posts", readonly=True
    )
    crm_waiting_since = fields.Datetime(
        string="Unanswered since",
        readonly=True,
        copy=False,
        help="Empty once somebody of the company wrote to the person or held a call "
        "or a meeting.",
    )
    crm_warned_date = fields.Datetime(
        string="Warned as unanswered", readonly=True, copy=False
    )
    crm_first_response_date = fields.Datetime(
        string="First response", readonly=True, copy=False
    )
    crm_first_response_hours = fields.Float(
        string="Hours to first response",
        readonly=True,
        copy=False,
        aggregator="avg",
    )

    _crm_waiting_idx = models.Index(
        "(crm_waiting_since) WHERE crm_waiting_since IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A lead waits for an answer from its first moment, by whichever door."""
        now = fields.Datetime.now()
        for vals in vals_list:
            vals.setdefault("crm_waiting_since", now)
        return super().create(vals_list)

    def _inverse_email_from(self):
        if self.env.context.get("crm_contact_as_is"):
            return None
        return super()._inverse_email_from()

    def _inverse_phone(self):
        """A stranger's post changes nothing of the contact; people who edit the lead
        are told by the host what it changes."""
        if self.env.context.get("crm_contact_as_is"):
            return None
        return super()._inverse_phone()

    def _crm_answered(self, date):
        """Somebody answered: measured once a lead."""
        waiting = self.filtered("crm_waiting_since")
        # sudo: whoever answers stops the clock, whatever his rights on the lead
        for lead in waiting.sudo():
            hours = (date - lead.create_date).total_seconds() / 3600
            lead.write(
                {
                    "crm_waiting_since": False,
                    "crm_first_response_date": date,
                    "crm_first_response_hours": max(0.0, hours),
                }
            )

    def _crm_warn_unanswered(self, activity_type, responsible):
        """A task for whoever is in charge of each lead; where nobody is, later."""
        now = fields.Datetime.now()
        for user, leads in self.grouped(
            lambda lead: lead.user_id or responsible
        ).items():
            if user:
                leads.write({"crm_warned_date": now})
                words = self.with_context(lang=user.lang or self.env.lang).env
                leads.activity_schedule(
                    activity_type_id=activity_type.id,
                    date_deadline=now.date(),
                    summary=words._("Unanswered lead: answer now"),
                    user_id=user.id,
                )

    def _message_post_after_hook(self, message, msg_vals):
        """An answer is what the customer may read, written by somebody of ours."""
        result = super()._message_post_after_hook(message, msg_vals)
        if (
            message.message_type in ("comment", "email_outgoing")
            and not (message.is_internal or message.subtype_id.internal)
            and _is_ours(message.author_id)
        ):
            self._crm_answered(message.date)
        return result

    def message_update(self, msg_dict, update_vals=None):
        """An answer that one of ours wrote in the own mailbox comes by the gateway."""
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        if _is_ours(author) and not msg_dict.get("is_internal"):
            self._crm_answered(fields.Datetime.now())
        return super().message_update(msg_dict, update_vals)


def _is_ours(author):
    return bool(author.user_ids.filtered(lambda user: not user.share))
