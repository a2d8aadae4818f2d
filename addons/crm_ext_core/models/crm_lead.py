from odoo import api, fields, models


class CrmLead(models.Model):
    """A lead with its score in points, told apart from the host's probability.

    The columns are plain and written by crm.score.entry: installing on a large base
    adds empty columns and computes nothing.
    """

    _name = "crm.lead"
    _inherit = [
        "crm.lead",
        "crm.segmented.mixin",
        "crm.job.mixin",
        "crm.tag.mixin",
        "crm.mailed.mixin",
        "crm.duplicate.mixin",
    ]

    crm_score = fields.Integer(
        string="Score", readonly=True, copy=False, aggregator="avg"
    )
    crm_score_fit = fields.Integer(
        string="Fit", readonly=True, copy=False, aggregator="avg"
    )
    crm_score_engagement = fields.Integer(
        string="Engagement", readonly=True, copy=False, aggregator="avg"
    )
    crm_score_grade = fields.Char(
        string="Grade",
        size=2,
        readonly=True,
        copy=False,
        help="A to D: how well the lead fits; 1 to 4: how much happened.",
    )
    crm_score_model_id = fields.Many2one(
        "crm.score.model", string="Score model", readonly=True, copy=False
    )
    crm_score_date = fields.Datetime(string="Score since", readonly=True, copy=False)
    crm_score_full = fields.Integer(
        string="Full score of the model", compute="_compute_crm_score_full"
    )
    crm_score_entry_ids = fields.One2many(
        "crm.score.entry",
        "lead_id",
        string="Contributions",
        domain=[("ended_at", "=", False)],
        readonly=True,
    )
    crm_firing_ids = fields.One2many(
        "crm.qualification.firing", "lead_id", string="Handovers", readonly=True
    )
    crm_context = fields.Json(related="partner_id.crm_context", related_sudo=False)

    _crm_score_idx = models.Index(
        "(crm_score DESC, id DESC) WHERE crm_score IS NOT NULL"
    )

    @api.depends("crm_score_model_id")
    def _compute_crm_score_full(self):
        """The score that fills the gauge: that of the lead's score model."""
        for lead in self:
            # sudo: the rules are the administrator's, this figure is everybody's
            model = lead.crm_score_model_id.sudo()
            lead.crm_score_full = model.full_score or 100

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._refresh_crm_score()
        return leads

    def write(self, vals):
        watched = self.env["crm.score.model"]._watched_fields()
        if not (self and vals.keys() & watched):
            return super().write(vals)
        before = self._get_judged_values()
        result = super().write(vals)
        after = self._get_judged_values()
        # who changes hands lead by lead is not scored anew for it
        self.filtered(
            lambda lead: before[lead.id] != after[lead.id]
        )._refresh_crm_score()
        return result

    def _get_judged_values(self):
        """What scoring and handing over read of each lead, by its id."""
        names = self.env["crm.score.model"]._judged_fields() & self._fields.keys()
        # sudo: a score does not depend on the rights of who changed the lead
        return {lead.id: [lead[name] for name in names] for lead in self.sudo()}

    def _refresh_crm_score(self, events_only=False):
        """Score these leads and hand over those that qualify.

        After an event (`events_only`) what the leads are is taken as it stands. With
        `crm_score_defer` in the context nothing is done: who writes leads one by one
        calls this once for all of them at the end.
        """
        if not self or self.env.context.get("crm_score_defer"):
            return
        if not self.env["crm.score.model"]._published_ids():
            return
        # a score depends on the lead, not on the rights of who changed it
        self.env["crm.score.entry"].sudo()._refresh(self, events_only)
        rules = self.env["crm.qualification.rule"].sudo()  # as above
        rules._hand_over([("id", "in", self.ids)])

    # ------------------------------------------------------------------ reading
    @api.readonly
    def get_crm_score(self):
        """The score of one lead and each contribution, for a client of the API."""
        self.ensure_one()
        self.check_access("read")
        return {
            "score": self.crm_score,
            "since": fields.Datetime.to_string(self.crm_score_date) or False,
            "full_score": self.crm_score_full,
            "fit": self.crm_score_fit,
            "engagement": self.crm_score_engagement,
            "grade": self.crm_score_grade,
            "contributions": [entry._to_dict() for entry in self.crm_score_entry_ids],
            "handovers": [firing._to_dict() for firing in self.crm_firing_ids],
        }

    def action_crm_score_history(self):
        """All contributions, the ended ones too."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Score of %(lead)s", lead=self.name),
            "res_model": "crm.score.entry",
            "view_mode": "list",
            "domain": [("lead_id", "=", self.id)],
        }
