import re

from odoo import api, fields, models

# French law applies in the overseas departments and collectivities too
FRENCH_LAW = {"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"}
FORBIDDEN = ("minimum_wage", "wage_level", "price_level")
ARTICLE_L112_2 = (
    "« Dans les dispositions statutaires ou conventionnelles, est interdite toute "
    "clause prévoyant des indexations fondées sur le salaire minimum de croissance, "
    "sur le niveau général des prix ou des salaires ou sur les prix des biens, "
    "produits ou services n'ayant pas de relation directe avec l'objet du statut ou "
    "de la convention ou avec l'activité de l'une des parties. »"
)
NAMED = (
    (re.compile(r"\bSMIC\b", re.IGNORECASE), "minimum_wage"),
    (re.compile(r"\b(IPC|IPCH|CPI|HICP)\b", re.IGNORECASE), "price_level"),
)


class CrmPriceIndex(models.Model):
    """What the law says of an index: which contracts it may revise."""

    _inherit = "crm.price.index"

    legal_kind = fields.Selection(
        [
            ("related", "Must relate to the object or to a party's activity"),
            ("lease", "Leases of business premises"),
            ("building", "Construction and buildings"),
            ("minimum_wage", "Minimum wage: forbidden in France"),
            ("wage_level", "General level of wages: forbidden in France"),
            ("price_level", "General level of prices: forbidden in France"),
        ],
        string="Legal kind",
        compute="_compute_legal_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="French Code monétaire et financier, articles L112-1 to L112-3.",
    )
    legal_note = fields.Char(
        translate=True, help="What to know before a contract names this index."
    )
    is_forbidden = fields.Boolean(
        string="Forbidden in France", compute="_compute_is_forbidden"
    )

    @api.depends("code", "name")
    def _compute_legal_kind(self):
        for index in self:
            words = f"{index.code or ''} {index.name or ''}"
            named = [kind for pattern, kind in NAMED if pattern.search(words)]
            index.legal_kind = (named or [index.legal_kind or "related"])[0]

    @api.depends("legal_kind")
    def _compute_is_forbidden(self):
        for index in self:
            index.is_forbidden = index.legal_kind in FORBIDDEN
