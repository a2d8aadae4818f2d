from odoo import api, fields, models


class CrmDownload(models.Model):
    """Who downloaded which document and when: a fact, told once."""

    _name = "crm.download"
    _description = "Document downloaded"
    _order = "date desc, id desc"
    _rec_name = "white_paper_id"

    white_paper_id = fields.Many2one(
        "crm.white.paper",
        string="Document",
        required=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="cascade"
    )
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="cascade")
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    _somebody = models.Constraint(
        "CHECK(partner_id IS NOT NULL OR lead_id IS NOT NULL)",
        "Tell which contact or lead downloaded the document.",
    )

    @api.model
    def _log(self, facts):
        """Record downloads as (document id, contact id, lead id, date) in bulk."""
        names = ("white_paper_id", "partner_id", "lead_id", "date")
        return self.create([dict(zip(names, fact, strict=True)) for fact in facts])
