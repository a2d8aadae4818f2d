from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.indexation import exact, plain
from .crm_price_index_legal import ARTICLE_L112_2, FRENCH_LAW

ANSWERED = {
    "derogation_reason": ("derogation_by", "derogation_at"),
    "individual_accepted": ("individual_accepted_by", "individual_accepted_at"),
}
STAMPS = {name for names in ANSWERED.values() for name in names} | {
    "one_way_accepted_by"
}


class CrmIndexClause(models.Model):
    """What the law refuses, and who answered for an exception."""

    _inherit = "crm.index.clause"

    derogation_reason = fields.Text(
        copy=False,
        help="Why this contract may follow a forbidden index (an article of law, a "
        "contract under foreign law). A manager enters it and answers for it.",
    )
    derogation_by = fields.Many2one("res.users", readonly=True, copy=False)
    derogation_at = fields.Datetime(readonly=True, copy=False)
    individual_accepted = fields.Boolean(
        string="Private individual accepted",
        copy=False,
        help="A manager has checked that consumer law lets this clause stand.",
    )
    individual_accepted_by = fields.Many2one("res.users", readonly=True, copy=False)
    individual_accepted_at = fields.Datetime(readonly=True, copy=False)
    one_way_accepted_by = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who entered a floor that lets the price only rise.",
    )
    is_individual = fields.Boolean(compute="_compute_is_individual")
    legal_warning = fields.Text(compute="_compute_legal_warning")

    @api.depends("partner_id.commercial_partner_id.is_company", "partner_id.vat")
    def _compute_is_individual(self):
        for clause in self:
            # sudo: whoever works out a price must know that the customer is a person
            customer = clause.partner_id.sudo().commercial_partner_id
            clause.is_individual = bool(
                customer and not customer.is_company and not customer.vat
            )

    @api.depends(
        "index_id.legal_kind",
        "term_ids.index_id.legal_kind",
        "company_id.country_id",
        "derogation_reason",
        "has_floor",
        "floor_percent",
        "is_individual",
        "individual_accepted",
    )
    def _compute_legal_warning(self):
        for clause in self:
            warnings = clause._get_legal_warnings()
            if clause.has_floor and clause.floor_percent >= 0:
                warnings.append(clause._get_one_way_warning())
            clause.legal_warning = "\n".join(warnings)

    @api.model_create_multi
    def create(self, vals_list):
        clauses = super().create([self._stamp(vals) for vals in vals_list])
        clauses._accept_one_way()
        clauses._log_answers(ANSWERED)
        return clauses

    def write(self, vals):
        res = super().write(self._stamp(vals))
        if {"has_floor", "floor_percent"} & vals.keys():
            self._accept_one_way()
        self._log_answers(ANSWERED.keys() & vals.keys())
        return res

    def _stamp(self, vals):
        """Write down who answers for an exception to the law, and when."""
        if STAMPS & vals.keys() and not self.env.su:
            raise AccessError(self.env._("Who answered, and when, is not entered."))
        stamped = dict(vals)
        for name, (by, at) in ANSWERED.items():
            if vals.get(name) or (self and name in vals):
                self._check_may_answer()
                stamped[by] = bool(vals[name]) and self.env.uid
                stamped[at] = bool(vals[name]) and fields.Datetime.now()
        return stamped

    def _accept_one_way(self):
        """A floor that only lets the price rise: its author is written down."""
        one_way = self.filtered(
            lambda clause: (
                clause.has_floor
                and clause.floor_percent >= 0
                and not clause.one_way_accepted_by
            )
        )
        # sudo: nobody enters by whom a risk was taken
        one_way.sudo().one_way_accepted_by = self.env.uid
        one_way._log_answers(["one_way"])

    def _check_may_answer(self):
        if not self.env.su and not self.env.user.has_group(
            "crm_ext_subscriptions.group_subscriptions_manager"
        ):
            raise AccessError(
                self.env._("A manager of subscriptions answers for an exception.")
            )

    def _log_answers(self, names):
        for clause in self.filtered("subscription_id"):
            for name in names:
                if text := clause._get_answer(name):
                    clause.subscription_id.message_post(body=text)

    def _get_answer(self, name):
        if name == "derogation_reason" and self.derogation_reason:
            return self.env._(
                "%(user)s answers for %(index)s: %(reason)s",
                user=self.derogation_by.name,
                index=self.index_id.name,
                reason=self.derogation_reason,
            )
        if name == "individual_accepted" and self.individual_accepted:
            return self.env._(
                "%(user)s accepts an index clause with a private individual.",
                user=self.individual_accepted_by.name,
            )
        if name == "one_way":
            return self.env._(
                "%(user)s entered a floor of %(floor)s %%: the price can only rise.",
                user=self.env.user.name,
                floor=plain(exact(self.floor_percent)),
            )
        return ""

    # ------------------------------------------------------------------ checks
    @api.constrains("index_id", "derogation_reason", "subscription_id", "plan_id")
    def _check_forbidden(self):
        for clause in self:
            forbidden = clause._get_forbidden()
            if forbidden and clause._is_under_french_law():
                if not clause.derogation_reason:
                    raise ValidationError(clause._get_refusal(forbidden))

    def _get_forbidden(self):
        indices = self.index_id | self.term_ids.index_id
        return indices.filtered("is_forbidden")

    def _is_under_french_law(self):
        # sudo: the country of a company is no secret to those who sell for it
        company = (self.company_id or self.env.company).sudo()
        return company.country_id.code in FRENCH_LAW

    def _get_refusal(self, indices):
        return self.env._(
            "%(indices)s: forbidden by article L112-2 of the Code monétaire et "
            "financier: %(article)s Choose an index that relates to the object of the "
            "contract, or let a manager log the derogation that applies.",
            indices=", ".join(indices.mapped("name")),
            article=ARTICLE_L112_2,
        )

    def _check_customer(self):
        """A private individual waits for a manager's answer."""
        for clause in self:
            if clause.is_individual and not clause.individual_accepted:
                raise UserError(clause._get_individual_warning())

    def _get_legal_warnings(self):
        """What a reader must know of the clause itself, in words."""
        warnings = []
        if forbidden := self._get_forbidden():
            warnings.append(self._get_forbidden_warning(forbidden))
        if self.is_individual and not self.individual_accepted:
            warnings.append(self._get_individual_warning())
        return warnings

    def _get_forbidden_warning(self, forbidden):
        if self._is_under_french_law() and not self.derogation_reason:
            return self._get_refusal(forbidden)
        if self.derogation_reason:
            return self.env._(
                "%(indices)s: forbidden in principle; derogation logged by %(user)s: "
                "%(reason)s",
                indices=", ".join(forbidden.mapped("name")),
                user=self.derogation_by.name or "",
                reason=self.derogation_reason,
            )
        return self.env._(
            "%(indices)s: forbidden in contracts under French law (Code monétaire et "
            "financier, article L112-2). Check the law of this contract.",
            indices=", ".join(forbidden.mapped("name")),
        )

    def _get_individual_warning(self):
        return self.env._(
            "%(customer)s is a private individual: consumer law (Code de la "
            "consommation, article R212-1) lets few price clauses stand. Correct the "
            "customer if it is a company; else a manager accepts the clause first.",
            customer=self.partner_id.display_name,
        )

    def _get_one_way_warning(self):
        return self.env._(
            "Floor: the price can only rise. A one-way index clause is deemed "
            "unwritten in commercial leases (Cass. 3e civ., 30 June 2021, no. "
            "19-23.038) and open to challenge elsewhere (C. civ. art. 1171, C. com. "
            "art. L442-1)."
        )
