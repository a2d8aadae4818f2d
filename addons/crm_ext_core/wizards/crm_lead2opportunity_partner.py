from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.conversion import Choice

COMPANY_CHOICES = [
    ("exist", "A known company"),
    ("create", "A new company"),
    ("none", "No company"),
]


class CrmLead2opportunityPartner(models.TransientModel):
    """The host's wizard also chooses the company, proposes who is known, and converts
    each lead once, whatever makes it come twice.
    """

    _inherit = "crm.lead2opportunity.partner"

    crm_company_choice = fields.Selection(
        COMPANY_CHOICES,
        string="Which company",
        compute="_compute_crm_company_choice",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    crm_company_name = fields.Char(
        string="Name of the company",
        compute="_compute_crm_company_choice",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    crm_opportunity = fields.Boolean(
        string="Make an opportunity",
        default=True,
        help="Without it the lead stays a lead, with its company and its contact.",
    )
    crm_found = fields.Json(
        compute="_compute_crm_found",
        precompute=True,
        store=True,
        readonly=True,
        compute_sudo=False,
    )
    crm_match_ids = fields.One2many(
        "crm.conversion.match",
        "wizard_id",
        string="Known ones that may be the same",
        readonly=True,
    )

    crm_merge_table = fields.Json(
        compute="_compute_crm_merge_table", compute_sudo=False, string="What is kept"
    )

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._propose()
        return wizards

    def _propose(self):
        """The known companies and contacts, each with why and a button to take it."""
        self.env["crm.conversion.match"].create(
            [
                {"wizard_id": wizard.id, "partner_id": id_, "why": why, "is_sure": sure}
                for wizard in self
                for id_, why, sure in wizard._get_found()
            ]
        )

    # ------------------------------------------------------------------ computes
    @api.depends("lead_id")
    def _compute_crm_found(self):
        """Who is known, read once: what appears later is told."""
        for wizard in self:
            found = wizard.lead_id and wizard.lead_id._crm_find_matches()
            wizard.crm_found = found and [
                [one.id, one.why, one.sure]
                for one in (*found.companies, *found.contacts)
            ]

    def _get_found(self):
        known = {}
        for id_, why, sure in self.crm_found or ():
            known.setdefault(id_, (id_, why, sure))
        return list(known.values())

    def _get_sure(self, is_company):
        """The known company or contact to take unless somebody says otherwise."""
        ids = [id_ for id_, _why, sure in self._get_found() if sure]
        sure = self.env["res.partner"].browse(ids)
        return sure.filtered(lambda partner: partner.is_company == is_company)[:1]

    @api.depends("lead_id", "partner_id")
    def _compute_duplicated_lead_ids(self):
        """Only those that the lead may be merged with."""
        result = super()._compute_duplicated_lead_ids()
        for wizard in self:
            twins = wizard.duplicated_lead_ids
            wizard.duplicated_lead_ids = twins._crm_filter_mergeable(wizard.lead_id)
        return result

    @api.depends("lead_id", "crm_found")
    def _compute_crm_company_choice(self):
        for wizard in self:
            lead = wizard.lead_id
            contact = lead.partner_id or wizard._get_sure(False)
            known = contact.parent_id or wizard._get_sure(True)
            wizard.crm_company_name = lead.partner_name
            wizard.crm_company_choice = (
                "exist" if known else "create" if lead.partner_name else "none"
            )

    @api.depends("lead_id", "crm_found")
    def _compute_action(self):
        """A known contact of the same mail, or of the same name in the company."""
        result = super()._compute_action()
        for wizard in self:
            if wizard.action == "create" and wizard._get_sure(False):
                wizard.action = "exist"
        return result

    @api.depends("action", "lead_id", "crm_found")
    def _compute_partner_id(self):
        result = super()._compute_partner_id()
        for wizard in self:
            if wizard.action == "exist" and not wizard.partner_id:
                wizard.partner_id = wizard._get_sure(False)
        return result

    @api.depends("partner_id", "crm_found")
    def _compute_commercial_partner_id(self):
        result = super()._compute_commercial_partner_id()
        for wizard in self:
            if not wizard.commercial_partner_id:
                contact = wizard.lead_id.partner_id or wizard._get_sure(False)
                wizard.commercial_partner_id = contact.parent_id or wizard._get_sure(
                    True
                )
        return result

    @api.depends("name", "duplicated_lead_ids", "lead_id")
    def _compute_crm_merge_table(self):
        for wizard in self:
            leads = (wizard.duplicated_lead_ids | wizard.lead_id)._origin
            shown = wizard.name == "merge" and len(leads) > 1
            wizard.crm_merge_table = shown and wizard._to_merge_table(leads)

    def _to_merge_table(self, leads):
        """What the merge keeps; whom it goes to is asked in the window."""
        ordered = leads._sort_by_confidence_level(reverse=True)
        choices = ordered._crm_propose_choices()
        table = ordered._crm_to_merge_table()
        rows = [row | {"kept": choices[row["field"]]} for row in table["rows"]]
        asked = ("user_id", "team_id")
        return table | {"rows": [row for row in rows if row["field"] not in asked]}

    # ------------------------------------------------------------------ conversion
    def action_apply(self):
        """Convert once: who asks again is told, and shown what there is."""
        leads = self._get_leads()
        done = self.env["crm.conversion"]._of(leads).filtered(self._is_done)
        if leads and self.name != "merge" and len(done) == len(leads):
            return self._show(leads, done[:1]._explain(), "warning")
        if len(leads) == 1 and self.name != "merge":
            self._check_appeared(leads)
        action = super().action_apply()
        if self.name != "merge" and len(leads) > 1:
            message = self.env._(
                "%(count)s leads converted, %(before)s were converted already.",
                count=len(leads) - len(done),
                before=len(done),
            )
            return self._show(leads, message, "success")
        return action

    def _get_leads(self):
        ids = self.env.context.get("active_ids") or self.lead_id.ids
        return self.env["crm.lead"].browse(ids).exists()

    def _is_done(self, conversion):
        return not self.crm_opportunity or (
            conversion.is_opportunity and conversion.lead_id.type == "opportunity"
        )

    def _check_appeared(self, lead):
        """Somebody entered the same company or person since the window was opened."""
        shown = self.env["res.partner"].browse(one[0] for one in self._get_found())
        found = lead._crm_find_matches()
        fresh = {
            "company": found.company_id if self.crm_company_choice == "create" else 0,
            "contact": found.contact_id if self.action == "create" else 0,
        }
        partners = self.env["res.partner"].browse(filter(None, fresh.values()))
        if partners - shown and not lead.partner_id:
            raise UserError(
                self.env._(
                    "%(name)s was entered since this window was opened: close it and "
                    "convert again to choose it.",
                    name=", ".join((partners - shown).mapped("display_name")),
                )
            )

    def _action_merge(self):
        """As the host's, but nothing is deleted; and where an opportunity that was
        there stays, the undo also takes back who got it, and that it was reopened."""
        leads = self.duplicated_lead_ids | self.lead_id
        # sudo: who gives the lead away here may not read its merges any more
        merges = self.env["crm.lead.merge"].sudo()
        known = leads.filtered(lambda lead: lead.type == "opportunity")
        self.env.flush_all()
        before = merges._read_rows(leads)
        keeping = self.with_context(crm_keep_merged=True)
        winner = super(CrmLead2opportunityPartner, keeping)._action_merge()
        if winner in known:
            merges.search([("winner_id", "=", winner.id)], limit=1)._note_values(before)
        winner._crm_remember_type()
        return winner

    def _action_convert(self):
        """The lead of the wizard, also for a client that sends no context."""
        leads = self._get_leads()
        return super(
            CrmLead2opportunityPartner, self.with_context(active_ids=leads.ids)
        )._action_convert()

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        """All leads at once instead of the host's lead by lead, and each once."""
        self.ensure_one()
        if self.name == "merge" or not leads:
            return super()._convert_and_allocate(leads, user_ids, team_id=team_id)
        choice = self._to_choice(user_ids, team_id)
        return self.env["crm.conversion"]._convert(leads, choice)

    def _to_choice(self, user_ids, team_id):
        company = self.crm_company_choice or "match"
        if company == "exist" and not self.commercial_partner_id:
            company = "none"
        return Choice(
            company=company,
            company_id=self.commercial_partner_id.id if company == "exist" else 0,
            company_name=(self.crm_company_name or "") if company == "create" else "",
            contact="exist" if self.partner_id else "create",
            contact_id=self.partner_id.id or 0,
            opportunity=self.crm_opportunity,
            team_id=team_id or 0,
            user_ids=tuple(user_ids or ()),
            force=self.force_assignment,
        )

    def _show(self, leads, message, kind):
        """A word, then the lead or the leads."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Converted leads"),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", leads.ids)],
        }
        if len(leads) == 1:
            action |= {"views": [(False, "form")], "res_id": leads.id}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": kind, "next": action},
        }
