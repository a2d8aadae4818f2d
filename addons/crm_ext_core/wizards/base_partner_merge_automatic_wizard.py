from ast import literal_eval

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Only code in this process can hold this object: an RPC context cannot forge it, so
# that joint invoices are confirmed in the preview alone.
CONFIRMED = object()

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
    (segments, tags by rule...): it goes along too.

    Contacts of whom two or more have posted invoices are merged by the preview only,
    where an accountant confirms it.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        if self.env.context.get("crm_joint_invoices") is not CONFIRMED:
            self._check_joint_invoices(partner_ids)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _check_joint_invoices(self, partner_ids):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if not partners._crm_have_joint_invoices():
            return
        self.env.user._crm_check_accountant()
        raise UserError(
            self.env._(
                "Two or more of these contacts have posted invoices: merge them from "
                "the list of contacts, by Actions, Merge, where you confirm it."
            )
        )

    def action_start_automatic_process(self):
        wizard = self.with_context(crm_skip_joint_invoices=True)
        return super(
            BasePartnerMergeAutomaticWizard, wizard
        ).action_start_automatic_process()

    def parent_migration_process_cb(self):
        wizard = self.with_context(crm_skip_joint_invoices=True)
        return super(
            BasePartnerMergeAutomaticWizard, wizard
        ).parent_migration_process_cb()

    def _process_query(self, query):
        """What merges group after group leaves out what only the preview may merge."""
        result = super()._process_query(query)
        if self.env.context.get("crm_skip_joint_invoices"):
            partners = self.env["res.partner"]
            joint = self.line_ids.filtered(
                lambda line: partners.browse(
                    literal_eval(line.aggr_ids)
                )._crm_have_joint_invoices()
            )
            self.number_group -= len(joint)
            joint.unlink()
        return result

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
