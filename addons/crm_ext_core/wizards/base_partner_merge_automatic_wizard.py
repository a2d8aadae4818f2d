from odoo import api, models
from odoo.tools import SQL

# the host moves these itself
MOVED_BY_HOST = {
    "ir.attachment",
    "mail.activity",
    "mail.followers",
    "mail.message",
}
# computed anew: two of them would not fit on one contact
DERIVED = {
    "crm_duplicate_card": ("partner_id",),
    "crm_duplicate_pair": ("partner_id", "other_partner_id"),
    "crm_score_account": ("partner_id",),
}


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """The host's merge leaves behind what points to a contact by model name and number
    (segments, tags by rule...): it goes along too."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env.flush_all()
        for table, columns in DERIVED.items():
            for column in columns:
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = ANY(%s)",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        src_partners.ids,
                    )
                )
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        result = super()._update_reference_fields(src_partners, dst_partner)
        # sudo: as the host does for what belongs to a contact
        references = self.env["crm.merge.references"].sudo()
        self.env.flush_all()
        for pointer in references._get_pointers("res.partner"):
            if pointer.kind == "generic" and pointer.model not in MOVED_BY_HOST:
                for partner in src_partners:
                    keys = references._read_keys(pointer, "res.partner", partner.id)
                    moved = references._move(
                        pointer, "res.partner", keys, partner.id, dst_partner.id
                    )
                    # the contact that stays has its like: the host drops such rows too
                    references.env[pointer.model].browse(
                        set(keys) - set(moved)
                    ).unlink()
        self.env.invalidate_all()
        return result
