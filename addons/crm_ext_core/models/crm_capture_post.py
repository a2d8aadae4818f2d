from odoo import api, fields, models
from odoo.tools import consteq, hmac

OPT_IN = "crm-capture-opt-in"
VISITOR = "crm-capture-visitor"
LONGEST_ID = 9  # digits: longer is no number of ours, and none of PostgreSQL's


class CrmCapturePost(models.Model):
    """What one person sent by a form, with what was agreed to; it makes one lead.

    The key comes with the post: the same key again is the same post, whatever made it
    come twice (a double click, a retry after a cut line).
    """

    _name = "crm.capture.post"
    _description = "Post of a capture form"
    _order = "id desc"
    _rec_name = "email"

    form_id = fields.Many2one(
        "crm.capture.form",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="form_id.company_id", store=True)
    key = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting for confirmation"),
            ("done", "Lead"),
            ("joined", "Added to a lead"),
            ("forgotten", "Anonymised"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    date = fields.Datetime(
        string="Received", required=True, readonly=True, default=fields.Datetime.now
    )
    email = fields.Char(string="E-mail", readonly=True, index="btree_not_null")
    values = fields.Json(readonly=True)
    lead_id = fields.Many2one(
        "crm.lead", readonly=True, ondelete="set null", index="btree_not_null"
    )
    landing_page = fields.Char(readonly=True)
    referrer = fields.Char(readonly=True)
    origin = fields.Char(string="Website", readonly=True)
    address = fields.Char(string="Network address", readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    consent_text = fields.Text(readonly=True)
    consent_version = fields.Integer(readonly=True)
    consent_date = fields.Datetime(readonly=True)
    tracking_text = fields.Text(readonly=True)
    tracking_date = fields.Datetime(string="May be recognised since", readonly=True)
    confirmed_date = fields.Datetime(string="Confirmed by e-mail", readonly=True)

    _once = models.Constraint(
        "UNIQUE (form_id, key)", "This post has been received already."
    )
    _date_idx = models.Index("(form_id, date)")

    # ------------------------------------------------------------------ writing
    @api.model
    def _claim(self, form, key, vals):
        """Write the post unless its key is known; who else sends it at this moment
        waits for us, then finds it.

        :return: (post, whether it is new)
        """
        row = {
            "form_id": form.id,
            "company_id": form.company_id.id,
            "key": key,
            "date": fields.Datetime.now(),
            "state": "waiting",
        }
        self.env.cr.execute(
            """INSERT INTO crm_capture_post
                      (form_id, company_id, key, date, state, create_uid, create_date)
               VALUES (%(form_id)s, %(company_id)s, %(key)s, %(date)s, %(state)s,
                       %(uid)s, now() AT TIME ZONE 'UTC')
               ON CONFLICT (form_id, key) DO NOTHING RETURNING id""",
            row | {"uid": self.env.uid},
        )
        found = self.env.cr.fetchone()
        if not found:
            return self.search([("form_id", "=", form.id), ("key", "=", key)]), False
        post = self.browse(found[0])
        post.write(vals)
        return post, True

    # ------------------------------------------------------------------ opt-in
    def _sign(self, scope):
        # sudo: the server's own secret
        return hmac(self.env(su=True), scope, (self.id, self.key))

    def _get_opt_in_token(self):
        return self._sign(OPT_IN)

    def _get_opt_in_url(self):
        token = self._get_opt_in_token()
        return f"{self.form_id.page_url}/confirm/{self.id}/{token}"

    def _is_opt_in_token(self, token):
        return bool(self) and consteq(token, self._get_opt_in_token())

    # ------------------------------------------------------------------ visitor
    def _get_visitor_token(self):
        """What lets a later visit be recognised; nothing without recorded consent."""
        if not self.tracking_date or self._is_objected():
            return ""
        return f"{self.id}-{self._sign(VISITOR)}"

    def _is_objected(self):
        """The person objected to profiling since: nobody recognises it any more."""
        return self.lead_id.crm_no_profiling or self.lead_id.partner_id.crm_no_profiling

    @api.model
    def _find_visitor(self, token):
        """The post behind a visitor's token, when its consent stands."""
        number, _dash, signature = str(token or "").partition("-")
        if not number.isdecimal() or len(number) > LONGEST_ID:
            return self.browse()
        post = self.browse(int(number)).exists()
        if not post.tracking_date or not consteq(signature, post._sign(VISITOR)):
            return self.browse()
        return self.browse() if post._is_objected() else post

    def action_open_lead(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
