import hashlib
from datetime import timedelta

from odoo import api, fields, models


class CrmConversionKey(models.Model):
    """A company or person being made at this moment, by the digest of what names it.

    Two transactions that convert leads of one company meet on its row: the second is
    done anew by the host, and then finds what the first one made.
    """

    _name = "crm.conversion.key"
    _description = "Company or person being made"
    _log_access = False

    name = fields.Char(required=True)
    used_at = fields.Datetime(required=True)

    _once = models.Constraint("UNIQUE (name)", "One row a company or person.")

    @api.model
    def _lock(self, identities):
        """Be the only one to make these, until the end of the transaction."""
        digests = {hashlib.sha256(text.encode()).hexdigest() for text in identities}
        if digests:
            self.env.cr.execute_values(
                """INSERT INTO crm_conversion_key AS mine (name, used_at) VALUES %s
                   ON CONFLICT (name) DO UPDATE SET used_at = excluded.used_at""",
                [(digest, fields.Datetime.now()) for digest in sorted(digests)],
            )

    @api.autovacuum
    def _gc_old_keys(self):
        old = fields.Datetime.now() - timedelta(days=1)
        self.search([("used_at", "<", old)], limit=100_000).unlink()
