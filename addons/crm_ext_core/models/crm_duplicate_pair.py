from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.duplicates import PROBABLE_POINTS, SAME_POINTS
from .crm_duplicate_card import FIELDS


class CrmDuplicatePair(models.Model):
    """Two leads, or two contacts, that are probably one: merge them, or keep both.

    Found by crm.duplicate.search; "not duplicates" is remembered.
    """

    _name = "crm.duplicate.pair"
    _description = "Likely duplicates"
    _order = "points desc, id desc"
    _crm_stays_on_merge = True  # found anew after a merge

    lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="cascade")
    other_lead_id = fields.Many2one(
        "crm.lead",
        string="Looks like the lead",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, ondelete="cascade"
    )
    other_partner_id = fields.Many2one(
        "res.partner",
        string="Looks like the contact",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    points = fields.Integer(readonly=True, aggregator="avg")
    reason_codes = fields.Json(readonly=True)
    state = fields.Selection(
        [("open", "To look at"), ("different", "Not duplicates")],
        default="open",
        required=True,
        readonly=True,
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided on", readonly=True)

    likely = fields.Selection(
        [("same", "Surely the same"), ("probable", "Probably the same")],
        compute="_compute_likely",
        search="_search_likely",
    )
    reasons = fields.Char(compute="_compute_reasons")
    one_name = fields.Char(string="First", compute="_compute_names")
    two_name = fields.Char(string="Second", compute="_compute_names")
    one_facts = fields.Char(compute="_compute_names")
    two_facts = fields.Char(compute="_compute_names")
    one_user_id = fields.Many2one(
        "res.users", string="First handled by", compute="_compute_names"
    )
    two_user_id = fields.Many2one(
        "res.users", string="Second handled by", compute="_compute_names"
    )

    _leads_once = models.Constraint(
        "UNIQUE(lead_id, other_lead_id)", "These two leads are listed already."
    )
    _partners_once = models.Constraint(
        "UNIQUE(partner_id, other_partner_id)", "These two contacts are listed already."
    )
    _ordered = models.Constraint(
        "CHECK (lead_id < other_lead_id OR partner_id < other_partner_id)",
        "A pair is of two different records.",
    )
    _queue_leads_idx = models.Index(
        "(points DESC, id DESC) WHERE state = 'open' AND lead_id IS NOT NULL"
    )
    _queue_partners_idx = models.Index(
        "(points DESC, id DESC) WHERE state = 'open' AND partner_id IS NOT NULL"
    )

    # ------------------------------------------------------------------ reading
    @api.depends("points")
    def _compute_likely(self):
        for pair in self:
            pair.likely = "same" if pair.points >= SAME_POINTS else "probable"

    def _search_likely(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = {
            "same": Domain("points", ">=", SAME_POINTS),
            "probable": Domain("points", ">=", PROBABLE_POINTS)
            & Domain("points", "<", SAME_POINTS),
        }
        return Domain.OR(domains[it] for it in value if it in domains)

    @api.depends("reason_codes")
    @api.depends_context("lang")
    def _compute_reasons(self):
        words = self._get_reason_words()
        for pair in self:
            codes = pair.reason_codes or []
            pair.reasons = ", ".join(words[code] for code in codes if code in words)

    def _get_reason_words(self):
        env = self.env
        return {
            "siret": env._("same SIRET"),
            "siren": env._("same SIREN"),
            "mail": env._("same e-mail"),
            "phone": env._("same phone"),
            "domain": env._("same domain"),
            "name": env._("same name"),
            "name_near": env._("very similar name"),
            "name_alike": env._("similar name"),
            "company": env._("same company name"),
            "company_near": env._("very similar company name"),
            "company_alike": env._("similar company name"),
            "employer": env._("same employer"),
            "birth": env._("same birth date"),
            "street": env._("same street"),
            "zip": env._("same postcode"),
            "city": env._("same town"),
            "other_establishment": env._("but another establishment"),
            "other_siren": env._("but another SIREN"),
            "other_name": env._("but another name"),
            "other_birth": env._("but another birth date"),
            "other_phone": env._("but another phone"),
            "other_street": env._("but another street"),
            "other_zip": env._("but another postcode"),
        }

    @api.depends("lead_id", "other_lead_id", "partner_id", "other_partner_id")
    def _compute_names(self):
        for pair in self:
            one, two = pair._get_sides()
            for prefix, record in (("one", one), ("two", two)):
                pair[f"{prefix}_name"] = record.display_name
                pair[f"{prefix}_facts"] = pair._to_facts_text(record)
                pair[f"{prefix}_user_id"] = record.user_id

    def _to_facts_text(self, record):
        """One line of what distinguishes a record for whoever compares."""
        if record._name == "crm.lead":
            facts = [record.contact_name, record.partner_name, record.email_from]
        else:
            facts = [record.company_registry, record.email]
        facts += [record.phone, record.zip, record.city]
        return " · ".join(filter(None, facts))

    def _get_sides(self):
        self.ensure_one()
        if self.lead_id:
            return self.lead_id, self.other_lead_id
        return self.partner_id, self.other_partner_id

    @api.model
    def _count_open(self, records):
        """{record id: number of its pairs to look at that the reader may see}."""
        field = FIELDS[records._name]
        counts = {}
        if not self.has_access("read"):
            return counts
        for name in (field, f"other_{field}"):
            for record, count in self._read_group(
                [(name, "in", records.ids), ("state", "=", "open")], [name], ["__count"]
            ):
                counts[record.id] = counts.get(record.id, 0) + count
        return counts

    @api.model
    def _open_for(self, record):
        field = FIELDS[record._name]
        kind = "lead" if field == "lead_id" else "partner"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_ext_core.crm_duplicate_pair_action_{kind}"
        )
        action["domain"] = [
            "|",
            (field, "=", record.id),
            (f"other_{field}", "=", record.id),
        ]
        action["context"] = {"search_default_open": 1}
        return action

    # ------------------------------------------------------------------ deciding
    def action_not_duplicates(self):
        """Remember that these are two."""
        self._decide("different")

    def action_reopen(self):
        self._decide("open")

    def _decide(self, state):
        self._check_sides()
        # sudo: the queue is the search's own; who may write both sides decides
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _check_sides(self):
        """Who may write both records decides about them."""
        for field in ("lead_id", "other_lead_id", "partner_id", "other_partner_id"):
            self[field].check_access("write")

    def action_merge(self):
        """Open the preview of a merge of all that the ticked pairs hold."""
        self._check_sides()
        leads = self.lead_id | self.other_lead_id
        partners = self.partner_id | self.other_partner_id
        if leads and partners:
            raise UserError(
                self.env._("Merge leads or contacts, not both: tick pairs of one kind.")
            )
        if leads:
            return self.env["crm.lead.merge.preview"]._open(leads)
        return self.env["crm.partner.merge.preview"]._open(partners)

    # ------------------------------------------------------------------ upkeep
    @api.model
    def _forget(self, field, ids):
        """Drop the open pairs of records that are compared no longer."""
        for name in (field, f"other_{field}") if ids else ():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM crm_duplicate_pair"
                    " WHERE state = 'open' AND %s = ANY(%s)",
                    SQL.identifier(name),
                    sorted(ids),
                )
            )
            self.invalidate_model()
