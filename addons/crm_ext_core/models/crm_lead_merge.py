from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

UNDO_HOURS = 24
MAX_LEADS = 10


class CrmLeadMerge(models.Model):
    """Leads merged into one, with all that moved, so that it can be undone for a day.

    The leads that do not stay are archived, neither won nor lost. Everything happens
    in one transaction, and a lead is merged away once at most (crm.lead.merge.line).
    """

    _name = "crm.lead.merge"
    _description = "Merge of leads"
    _order = "id desc"
    _rec_name = "winner_id"
    _crm_stays_on_merge = True  # tells what happened

    winner_id = fields.Many2one(
        "crm.lead",
        string="Lead that stays",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    line_ids = fields.One2many("crm.lead.merge.line", "merge_id", readonly=True)
    reference_ids = fields.One2many(
        "crm.lead.merge.reference", "merge_id", readonly=True
    )
    date = fields.Datetime(
        string="Merged on", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        string="Merged by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        [("done", "Merged"), ("undone", "Undone")],
        default="done",
        required=True,
        readonly=True,
    )
    undone_at = fields.Datetime(string="Undone on", readonly=True)
    undone_by_id = fields.Many2one("res.users", string="Undone by", readonly=True)
    undo_until = fields.Datetime(
        string="Can be undone until", compute="_compute_undo_until"
    )
    can_undo = fields.Boolean(compute="_compute_undo_until")
    moved_count = fields.Integer(string="Moved", compute="_compute_counts")
    newer_count = fields.Integer(string="Newer, kept", compute="_compute_counts")

    @api.depends("date", "state")
    def _compute_undo_until(self):
        now = fields.Datetime.now()
        for merge in self:
            merge.undo_until = merge.date + timedelta(hours=UNDO_HOURS)
            merge.can_undo = merge.state == "done" and now <= merge.undo_until

    def _compute_counts(self):
        counts = {}
        for merge, outcome, count in self.env["crm.lead.merge.reference"]._read_group(
            [("merge_id", "in", self.ids)], ["merge_id", "outcome"], ["__count"]
        ):
            counts[merge.id, outcome] = count
        for merge in self:
            merge.moved_count = counts.get((merge.id, "moved"), 0) + counts.get(
                (merge.id, "restored"), 0
            )
            merge.newer_count = counts.get((merge.id, "newer"), 0)

    # ------------------------------------------------------------------ merging
    @api.model
    def _merge(self, winner, losers, choices, values=None, limit=MAX_LEADS):
        """Merge leads into one of them.

        :param dict choices: {field: id of the lead whose value stays, or "joined"}; the
            winner's value stays where nothing is said
        :param dict values: what the winner gets besides, such as its salesperson
        :param int limit: so many leads at once; 0 for any number
        :return: the merge
        """
        leads = winner | losers
        self._check_leads(winner, losers, limit)
        self._lock(leads)
        # sudo: what belongs to the leads goes along, whoever may read it; the leads
        # themselves were checked for the user, who may give the winner away here
        merge, leads = self.sudo(), leads.sudo()
        merge = merge.create({"winner_id": winner.id, "user_id": self.env.uid})
        merge._do_merge(leads, choices, values or {})
        merge._tell(leads)
        return merge.sudo(False)

    def _check_leads(self, winner, losers, limit):
        leads = winner | losers
        leads.check_access("write")
        if not losers or winner in losers:
            raise UserError(
                self.env._("Choose two leads or more, and the one that stays.")
            )
        if limit and len(leads) > limit:
            raise UserError(
                self.env._(
                    "At most %(limit)s leads are merged at once: choose fewer.",
                    limit=limit,
                )
            )
        if len(leads.company_id) > 1:
            raise UserError(self.env._("Leads of different companies are not merged."))
        gone = leads.filtered("crm_merged_into_id")
        if gone:
            raise UserError(
                self.env._(
                    "%(lead)s was merged already, into %(winner)s.",
                    lead=gone[0].name,
                    # sudo: a name, to tell where to look
                    winner=gone[0].sudo().crm_merged_into_id.name,
                )
            )

    def _lock(self, leads):
        try:
            leads.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody is changing one of these leads right now: try again in "
                    "a moment."
                )
            ) from error
        leads.invalidate_recordset()
        self._check_still_free(leads)

    def _check_still_free(self, leads):
        """What another transaction did while this one waited for the rows."""
        if leads.filtered("crm_merged_into_id"):
            raise UserError(
                self.env._("One of these leads was merged by somebody else meanwhile.")
            )

    def _do_merge(self, leads, choices, values):
        winner = self.winner_id
        losers = leads - winner
        self.env.flush_all()
        self.env["crm.lead.merge.line"].create(
            [{"merge_id": self.id, "lead_id": lead.id} for lead in losers]
        )
        self.env.flush_all()
        before = self._read_rows(leads)
        place = winner._crm_get_places()
        self._keep_values(winner, losers, choices, values)
        self._follow_place(winner, place)
        moved = self._move_references(winner, losers)
        self._archive(winner, losers)
        self._touch(leads)
        self.env.invalidate_all()
        self.env.flush_all()
        self.env["crm.lead.merge.reference"].create(
            moved + self._compare_rows(before, self._read_rows(leads))
        )

    def _follow_place(self, lead, before):
        """Columns are copied without a write: the stay in the stage follows all the
        same. No rule of the funnel fires, nobody moved the card."""
        if lead._crm_get_places() != before:
            # sudo: the stays are written for whoever merges
            stays = self.env["crm.stage.passage"].sudo()
            stays._move(lead._crm_flush_places(), self.date)

    def _move_references(self, winner, losers):
        """Move every reference; gives the values of the rows that tell what moved."""
        references = self.env["crm.merge.references"]
        values = []
        for pointer in references._get_pointers("crm.lead"):
            for lead in losers:
                keys = references._read_keys(pointer, "crm.lead", lead.id)
                moved = set(
                    references._move(pointer, "crm.lead", keys, lead.id, winner.id)
                )
                references._tell_moved(pointer, sorted(moved))
                values += [
                    {
                        "merge_id": self.id,
                        "lead_id": lead.id,
                        "kind": pointer.kind,
                        "res_model": pointer.model,
                        "table_name": pointer.table,
                        "field_name": pointer.column,
                        "res_id": key,
                        "old_value": lead.id,
                        "new_value": winner.id,
                        "outcome": "moved" if key in moved else "stays",
                    }
                    for key in keys
                ]
        return values

    def _archive(self, winner, losers):
        """Archive without the host's own write, which would count them as lost."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET active = FALSE, crm_merged_into_id = %s"
            " WHERE id = ANY(%s)",
            [winner.id, losers.ids],
        )

    def _touch(self, leads):
        """Date the rows that SQL changed: segments look at what was written."""
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = %s, write_uid = %s WHERE id = ANY(%s)",
            [self.env.cr.now(), self.env.uid, leads.ids],
        )

    def _tell(self, leads):
        """Notes on every lead, scores and match keys of now."""
        winner = self.winner_id
        losers = leads - winner
        bodies = {
            lead.id: self.env._("Merged into %(lead)s.", lead=winner._get_html_link())
            for lead in losers
        }
        bodies[winner.id] = self.env._(
            "Merged with %(leads)s. %(link)s: until %(date)s it can be undone.",
            leads=Markup(", ").join(lead._get_html_link() for lead in losers),
            link=self._get_html_link(title=self.env._("What moved")),
            date=fields.Datetime.to_string(self.undo_until),
        )
        leads._message_log_batch(bodies=bodies)
        self._refresh_derived(leads)

    def _refresh_derived(self, leads):
        self.env["crm.duplicate.card"]._wait(leads)
        leads.filtered("active")._refresh_crm_score()
