from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.index_lookup import PUBLISHED_RULES
from ..tools.index_record import read_formula, read_value, to_record
from ..tools.index_regularise import Base, Rules, regularise
from ..tools.index_rounding import IndexationError
from ..tools.index_series import IndexValueMissing
from ..tools.indexation import exact, plain


class CrmPriceRevision(models.Model):
    """Regularisation: a price made with a value that was not final, made anew.

    It is only proposed, as a draft with its own proof. Approved and applied, it sets
    the final price from the same day, and the ledger bears the difference on billed
    days.
    The first revision stays as it is, and is replayed to the same cents.
    """

    _inherit = "crm.price.revision"

    regularises_id = fields.Many2one(
        "crm.price.revision",
        ondelete="restrict",
        index="btree_not_null",
    )
    regularised_by_ids = fields.One2many(
        "crm.price.revision", "regularises_id", string="Regularisations"
    )
    wanted_month = fields.Date(
        string="Stands in for",
        index="btree_not_null",
        help="The period whose value was missing: another one served meanwhile.",
    )

    _regularised_once = models.UniqueIndex(
        "(regularises_id) WHERE state NOT IN ('cancelled', 'undone') "
        "AND regularises_id IS NOT NULL",
        "This revision is regularised already.",
    )

    # ------------------------------------------------------------------ actions
    def action_propose_regularisation(self):
        """Reckon these prices with the values known now, and propose what differs."""
        self._check_may_decide("applied")
        return self._carry_out("regularise")

    def action_view_regularisations(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_revision_action"
        )
        domain = [("id", "in", self.regularised_by_ids.ids)]
        return action | {"domain": domain, "context": {}}

    # ------------------------------------------------------------------ proposal
    def _regularise(self):
        """Make a draft of each price that the values known now would change."""
        heads = self._get_heads()
        values = heads.clause_id._get_observations()
        vals_list, settled = [], self.browse()
        for revision in heads:
            vals = revision._prepare_regularisation(values[revision.clause_id])
            if exact(vals["p1"]) != exact(revision.p1):
                vals_list.append(vals)
            elif not vals["provisional"] and revision.provisional:
                settled += revision
        heads._drop_proposals()
        # sudo: a proof is written by the engine alone; this only proposes
        proposals = self.sudo().create(vals_list).sudo(False)
        settled._settle()
        return proposals

    def _get_heads(self):
        """The prices in force among these: those no regularisation has replaced."""
        return self.filtered(
            lambda revision: (
                revision.state == "applied"
                and not revision.regularised_by_ids.filtered(
                    lambda other: other.state == "applied"
                )
            )
        )

    def _drop_proposals(self):
        """An earlier proposal that nobody applied gives way to this one."""
        stale = self.regularised_by_ids.filtered(
            lambda other: other.state in ("draft", "approved")
        )
        # sudo: a proof is written by the engine alone; this only proposes
        stale.sudo().write({"state": "cancelled"})
        self.flush_model(["state"])

    def _settle(self):
        """The final value is the one that served: there is nothing to regularise."""
        # sudo: a flag of the engine; the price stays
        self.sudo().write({"provisional": False, "wanted_month": False})
        self._message_log_batch(
            bodies={
                revision.id: self.env._(
                    "The final value gives the same price: nothing to regularise."
                )
                for revision in self
            }
        )

    def _prepare_regularisation(self, values):
        clause, base = self.clause_id, self._get_new_base()
        try:
            reckoning = regularise(self.record, values, self._get_rules(), base)
        except (IndexationError, IndexValueMissing) as error:
            raise UserError(clause._explain(error)) from error
        return self._apply_reckoning(clause, reckoning) | {
            "line_id": self.line_id.id,
            "clause_id": clause.id,
            "effective_date": self.effective_date,
            "price_from": self.price_from,
            "previous_id": (base and self.previous_id._get_final().id)
            or self.previous_id.id,
            "regularises_id": self.id,
            "campaign_id": self.campaign_id.id,
            "wanted_month": self._get_wanted_month(reckoning),
            "warnings": self._get_regularisation_warning(),
            "record": to_record(read_formula(self.record["formula"]), reckoning),
        }

    def _get_rules(self):
        clause = self.clause_id
        day = self.effective_date
        rule = clause._to_rule(clause.s1_rule, clause.anniversary or day)
        return Rules(
            chains={
                index.code: index._to_chain()
                for index, _weight in clause._get_weights()
            },
            known_on=rule.known_on(day) if rule.kind in PUBLISHED_RULES else None,
            keep_s0=bool(clause.s0_value)
            or (clause.base == "last_revised" and bool(self.previous_id)),
            for_good=clause.missing == "last_known",
        )

    def _get_new_base(self):
        """The regularised price and S1 of the revision that this one was made on."""
        before, final = self.previous_id, self.previous_id._get_final()
        if final == before or self.clause_id.base != "last_revised":
            return None
        if plain(exact(before.p1)) != self.record["p0"]:
            return None  # another price was agreed in between
        pairs = final.record["pairs"]
        return Base(
            exact(final.p1), {pair["name"]: read_value(pair["s1"]) for pair in pairs}
        )

    def _get_final(self):
        """The last regularisation applied of this revision, or itself."""
        newer = self.regularised_by_ids.filtered(lambda one: one.state == "applied")
        return newer._get_final() if newer else self

    def _get_regularisation_warning(self):
        clause = self.clause_id
        text = self.env._(
            "Regularisation of %(revision)s: %(before)s becomes final.",
            revision=self.display_name,
            before=plain(exact(self.p1)),
        )
        if self.provisional or clause.vintages == "latest":
            return text
        note = self.env._(
            "The clause takes index values as known at the effective date, and this "
            "correction came later: regularise only what the parties agree on."
        )
        return f"{text}\n{note}"

    # ------------------------------------------------------------------ end
    def _get_regularisations(self):
        return self.filtered("regularises_id")

    def _conclude_regularisations(self):
        """What was made on a regularised price is to be regularised in turn, and what
        was applied after its final value had come, at once."""
        self.filtered("provisional")._regularise()
        concluded = self._get_regularisations()
        if not concluded:
            return
        # sudo: a flag of the engine; the rights were checked by the calling action
        concluded.regularises_id.sudo().write({"provisional": False})
        following = self.search(
            [
                ("previous_id", "in", concluded.regularises_id.ids),
                ("state", "=", "applied"),
            ]
        )
        following._regularise()

    @api.model
    def _find_resting_on(self, values):
        """Prices in force that were made with another value of the same period."""
        keys = {(value.index_id, value.month) for value in values}
        months = list({month for _index, month in keys})
        # sudo: a value holds for every company; whoever enters it only proposes
        found = self.sudo().search(
            [
                ("state", "=", "applied"),
                "|",
                ("wanted_month", "in", months),
                (
                    "value_ids",
                    "any",
                    [("index_id", "in", values.index_id.ids), ("month", "in", months)],
                ),
            ]
        )
        return found.filtered(lambda revision: revision._rests_on(keys))._get_heads()

    def _rests_on(self, keys):
        """Whether its values, or the one it lacked, are of these series and periods."""
        used = {(value.index_id, value.month) for value in self.value_ids}
        if self.wanted_month:
            series = self.clause_id._get_series()
            used |= {(index, self.wanted_month) for index in series}
        return not used.isdisjoint(keys)
