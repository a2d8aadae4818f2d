from secrets import token_urlsafe

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.urls import urljoin

from ..tools.capture import CaptureError, read_origins
from .capture_words import write_in_each_language


class CrmCaptureForm(models.Model):
    """A form that outside websites show: what is posted becomes a lead, once.

    It is served as a page to embed, as a snippet of script for any website and as a
    JSON endpoint; all three post to the same address.
    """

    _name = "crm.capture.form"
    _description = "Capture form"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, help="Only seen here.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: token_urlsafe(16),
        help="Names the form in its public address.",
    )
    title = fields.Char(translate=True, help="Shown above the fields.")
    button = fields.Char(translate=True, default=lambda self: self._get_button())
    thank_you = fields.Text(
        translate=True,
        default=lambda self: self._get_thanks(),
    )
    field_ids = fields.One2many("crm.capture.field", "form_id", copy=True)

    consent_text = fields.Text(
        translate=True,
        tracking=True,
        help="Shown beside a box to tick. What each person agreed to is kept with the "
        "time, the text and the version.",
    )
    consent_version = fields.Integer(
        string="Version of the text", default=1, readonly=True, copy=False
    )
    tracking_text = fields.Text(
        string="Consent to be recognised",
        translate=True,
        help="A second box, never ticked beforehand: with it a later visit is "
        "recognised, becomes a score event and may call for a call-back.",
    )
    double_opt_in = fields.Boolean(
        string="Confirm by e-mail",
        help="The lead is made once the person has clicked the link of a mail.",
    )

    team_id = fields.Many2one("crm.team", string="To team", check_company=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", domain=[("share", "=", False)]
    )
    source_id = fields.Many2one("utm.source")
    medium_id = fields.Many2one("utm.medium")
    campaign_id = fields.Many2one("utm.campaign")
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    duplicate_rule = fields.Selection(
        [
            ("join", "Add to the open lead of the same address"),
            ("new", "Always a new lead"),
        ],
        string="When the person is known",
        default="join",
        required=True,
    )

    call_back = fields.Boolean(
        string="Call back who returns",
        help="When somebody who agreed to be recognised comes back to the website, the "
        "salesperson in charge gets a task to call, once while it is open.",
    )
    call_back_type_id = fields.Many2one(
        "mail.activity.type",
        string="Task",
        default=lambda self: self.env.ref("mail.mail_activity_data_call", False),
        domain=[("res_model", "in", (False, "crm.lead"))],
    )
    call_back_days = fields.Integer(string="Due after (days)", default=0)

    allowed_origins = fields.Text(
        string="Allowed websites",
        help="One a line, such as https://www.example.com. Only pages of these "
        "websites may show the form or post it.",
    )
    rate_limit = fields.Integer(
        string="Posts a minute from one address",
        default=6,
        required=True,
        help="Beyond it posts are refused and counted. A form of a trade fair's tablet "
        "needs more than that of a website.",
    )
    form_rate_limit = fields.Integer(
        string="Posts a minute in all", default=120, required=True
    )

    post_ids = fields.One2many("crm.capture.post", "form_id", readonly=True)
    view_count = fields.Integer(string="Shown", compute="_compute_counts")
    start_count = fields.Integer(string="Begun", compute="_compute_counts")
    post_count = fields.Integer(string="Posted", compute="_compute_counts")
    refused_count = fields.Integer(string="Refused", compute="_compute_counts")
    post_rate = fields.Float(
        string="Posted of shown",
        compute="_compute_counts",
        help="Posts for a hundred times that the form was shown.",
    )
    page_url = fields.Char(string="Address", compute="_compute_urls")
    snippet = fields.Text(string="Script", compute="_compute_urls")
    embed = fields.Text(string="Frame", compute="_compute_urls")

    _token_unique = models.Constraint("UNIQUE (token)", "This token is taken.")
    _call_back_type = models.Constraint(
        "CHECK (call_back IS NOT TRUE OR call_back_type_id IS NOT NULL)",
        "Task: choose the kind of activity.",
    )
    _limits_positive = models.Constraint(
        "CHECK (rate_limit > 0 AND form_rate_limit > 0)",
        "Posts a minute: enter a number above zero.",
    )

    def _compute_counts(self):
        counts = {
            (form.id, kind): count
            for form, kind, count in self.env["crm.capture.counter"]._read_group(
                [("form_id", "in", self.ids)], ["form_id", "kind"], ["count:sum"]
            )
        }
        for form in self:
            form.view_count = counts.get((form.id, "view"), 0)
            form.start_count = counts.get((form.id, "start"), 0)
            form.post_count = counts.get((form.id, "post"), 0)
            form.refused_count = sum(
                counts.get((form.id, kind), 0)
                for kind in ("refused", "spam", "too_many", "event_refused")
            )
            shown = form.view_count
            form.post_rate = 100 * form.post_count / shown if shown else 0.0

    @api.depends("token")
    def _compute_urls(self):
        base = self.get_base_url()
        for form in self:
            form.page_url = urljoin(base, f"/crm/form/{form.token}")
            form.snippet = (
                f'<div data-crm-form="{form.token}"></div>\n'
                f'<script async src="{form.page_url}/snippet.js"></script>'
            )
            form.embed = (
                f'<iframe src="{form.page_url}" title="{form.title or form.name}" '
                'style="width:100%;height:640px;border:0"></iframe>'
            )

    @api.constrains("allowed_origins")
    def _check_allowed_origins(self):
        for form in self:
            try:
                form._get_origins()
            except CaptureError as error:
                raise ValidationError(
                    self.env._(
                        "Allowed websites: write %(lines)s as "
                        "https://www.example.com, without a path.",
                        lines=", ".join(error.faults),
                    )
                ) from error

    @api.constrains("field_ids", "double_opt_in")
    def _check_fields(self):
        for form in self:
            targets = form.field_ids.mapped("target")
            if form.field_ids and not {"email_from", "phone"} & set(targets):
                raise ValidationError(
                    self.env._(
                        "Fields: add the e-mail address or the phone number, or nobody "
                        "can answer."
                    )
                )
            if form.double_opt_in and "email_from" not in targets:
                raise ValidationError(
                    self.env._("Fields: a confirmation by e-mail needs the address.")
                )

    def _get_button(self):
        return self.env._("Send")

    def _get_thanks(self):
        return self.env._("Thank you. We will answer you shortly.")

    @api.model_create_multi
    def create(self, vals_list):
        forms = super().create(vals_list)
        write_in_each_language(forms, "button", CrmCaptureForm._get_button)
        write_in_each_language(forms, "thank_you", CrmCaptureForm._get_thanks)
        return forms

    def write(self, vals):
        """A changed text of consent is another version; earlier posts keep theirs."""
        changed = self.filtered(
            lambda form: (
                "consent_text" in vals and vals["consent_text"] != form.consent_text
            )
        )
        result = super().write(vals)
        changed._count_consent()
        return result

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """The text of another language is another text as well."""
        result = super()._update_field_translations(
            field_name, translations, digest, source_lang
        )
        if field_name == "consent_text":
            self._count_consent()
        return result

    def _count_consent(self):
        for form in self:
            form.consent_version += 1

    def _get_origins(self):
        return read_origins(self.allowed_origins or "")

    def _allows(self, origin):
        """Whether a page of that origin may show or post the form.

        :param str origin: scheme, host and port; our own server is always allowed
        """
        self.ensure_one()
        return origin in (*self._get_origins(), self.get_base_url().lower())

    # ------------------------------------------------------------------ actions
    def action_open_posts(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.capture.post",
            "view_mode": "list,form,graph,pivot",
            "domain": [("form_id", "=", self.id)],
        }

    def action_open_counts(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.capture.counter",
            "view_mode": "graph,pivot,list",
            "domain": [("form_id", "=", self.id)],
        }

    def action_preview(self):
        """Open the form as its visitors see it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.page_url, "target": "new"}
