from odoo import api, models

from ..tools.hooks import Expertise


class CrmHooks(models.AbstractModel):
    """What a lead may ask of whoever gets it."""

    _inherit = "crm.hooks"

    @api.model
    def _assignment_expertise(self) -> dict[str, Expertise]:
        """Kinds of expertise by which leads are given."""
        return {
            "topic": Expertise(self.env._("Topics"), "crm_tag_ids", "tag_ids"),
            "language": Expertise(self.env._("Languages"), "crm_lang_ids", "lang_id"),
        }

    @api.model
    def _find_expertise(self, records):
        """{record: (kind, id) of all that it knows or asks for}

        :param records: members of teams, or leads
        """
        side = "lead_field" if records._name == "crm.lead" else "member_field"
        paths = {
            kind: getattr(one, side)
            for kind, one in self._assignment_expertise().items()
        }
        records.fetch(paths.values())
        return {
            record: frozenset(
                (kind, known)
                for kind, path in paths.items()
                for known in record[path].ids
            )
            for record in records
        }
