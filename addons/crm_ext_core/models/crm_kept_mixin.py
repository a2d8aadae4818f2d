from odoo import api, models
from odoo.tools import SQL


class CrmKeptMixin(models.AbstractModel):
    """Rows of the past that the database keeps as they were written.

    They go whole, when the time set for them is over, and only lose their links to what
    is deleted elsewhere.
    """

    _name = "crm.kept.mixin"
    _description = "Kept as it was written"

    # columns that may become empty when what they name is deleted
    _kept_links = ()

    def init(self):
        if self._abstract:
            return
        self.env.cr.execute(
            """CREATE OR REPLACE FUNCTION crm_kept() RETURNS trigger AS $$
               BEGIN
                 IF current_setting('crm_ext.forget', true) = 'on' THEN
                   RETURN COALESCE(NEW, OLD);
                 ELSIF TG_OP = 'UPDATE'
                       AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV
                       AND jsonb_strip_nulls(to_jsonb(NEW)) <@ to_jsonb(OLD) THEN
                   RETURN NEW;
                 END IF;
                 RAISE EXCEPTION 'What was written of the past is kept (%).',
                       TG_TABLE_NAME USING ERRCODE = 'check_violation';
               END $$ LANGUAGE plpgsql"""
        )
        self.env.cr.execute(
            SQL(
                """DROP TRIGGER IF EXISTS %(name)s ON %(table)s;
                   CREATE TRIGGER %(name)s BEFORE UPDATE OR DELETE ON %(table)s
                   FOR EACH ROW EXECUTE FUNCTION crm_kept(%(links)s)""",
                name=SQL.identifier(f"{self._table}_kept"),
                table=SQL.identifier(self._table),
                links=SQL(", ").join(SQL("%s", link) for link in self._kept_links),
            )
        )

    @api.model
    def _forget_rows(self, rows):
        """Delete rows whose time is over."""
        self.env.cr.execute("SET LOCAL crm_ext.forget = 'on'")
        rows.unlink()
        self.env.cr.execute("SET LOCAL crm_ext.forget = 'off'")
