from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

FULL_EVERY = timedelta(hours=20)
MAX_CHANGED = 50_000  # beyond it, a full refresh is as quick


class CrmSegment(models.Model):
    """Members kept up to date by difference, in SQL, whole or only what changed."""

    _inherit = "crm.segment"

    refreshed_at = fields.Datetime(string="Refreshed on", readonly=True, copy=False)
    full_refreshed_at = fields.Datetime(readonly=True, copy=False)
    first_refreshed_at = fields.Datetime(readonly=True, copy=False)
    watermark = fields.Datetime(
        readonly=True,
        copy=False,
        help="No change before this instant was missed by the last refresh.",
    )
    next_watermark = fields.Datetime(readonly=True, copy=False)
    digest = fields.Char(readonly=True, copy=False)
    joined_count = fields.Integer(
        string="Joined in 30 days", compute="_compute_moves", compute_sudo=True
    )
    left_count = fields.Integer(
        string="Left in 30 days", compute="_compute_moves", compute_sudo=True
    )

    def _compute_moves(self):
        """Joined and left since, the first filling apart."""
        since = fields.Datetime.now() - timedelta(days=30)
        members = self.env["crm.segment.member"]
        for segment in self:
            own = [("segment_id", "=", segment.id)]
            first = segment.first_refreshed_at or fields.Datetime.now()
            segment.joined_count = members.search_count(
                [*own, ("added_at", ">=", since), ("added_at", ">", first)]
            )
            segment.left_count = members.search_count([*own, ("left_at", ">=", since)])

    # ------------------------------------------------------------------ actions
    def action_refresh(self):
        """Bring the members up to date in the background and show the run."""
        self.check_access("write")
        run = self._enqueue_refresh(full=True)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.batch.run",
            "res_id": run.id,
            "view_mode": "form",
        }

    def action_open_moves(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_segment_member_action"
        )
        action["domain"] = [("segment_id", "=", self.id)]
        return action

    # ------------------------------------------------------------------ long work
    @api.model
    def _cron_refresh(self):
        """What changed in all dynamic segments; in full when the last one is old."""
        segments = self.search([("kind", "=", "dynamic")])
        old = fields.Datetime.now() - FULL_EVERY
        full = segments.filtered(
            lambda segment: (segment.full_refreshed_at or old) <= old
        )
        for group, whole in ((full, True), (segments - full, False)):
            if group:
                group._enqueue_refresh(full=whole)

    def _enqueue_refresh(self, full):
        units = [{"res_id": segment.id, "payload": {"full": full}} for segment in self]
        return self.env["crm.batch.run"]._enqueue(
            "segment", units, name=self.env._("Refresh of segments")
        )

    @api.model
    def _batch_process(self, run, units):
        for unit in units:
            self.browse(unit.res_id)._refresh_members(full=unit.payload["full"])

    @api.model
    def _batch_unit_label(self, unit):
        return self.browse(unit.res_id).display_name

    # ------------------------------------------------------------------ refresh
    def _refresh_members(self, full=True):
        """Write who joined and who left since the last refresh.

        :return: {segment: (number that joined, number that left)}
        """
        self.env.flush_all()
        now, watermark = fields.Datetime.now(), self._read_watermark()
        result = {}
        # sudo: members do not depend on who refreshes; readers count in their rights
        for segment in self.sudo().filtered(lambda segment: segment.kind == "dynamic"):
            since = None if full else segment.watermark
            moves, whole = segment._refresh_since(since, now)
            result[segment.sudo(False)] = moves
            segment.write(
                {
                    "refreshed_at": now,
                    # none at first: then the second refresh is in full too
                    "watermark": segment.next_watermark,
                    "next_watermark": watermark,
                    "digest": segment._digest(),
                    "first_refreshed_at": segment.first_refreshed_at or now,
                    "full_refreshed_at": now if whole else segment.full_refreshed_at,
                }
            )
        self.env["crm.segment.member"].invalidate_model()
        return result

    def _refresh_since(self, since, now):
        """((joined, left), whether everything was compared)."""
        joined = left = 0
        whole = True
        for model in self._get_models():
            changed = since and self._find_changed(model, since, MAX_CHANGED)
            if isinstance(changed, list):
                whole = False
                if not changed:
                    continue
            wanted = self._wanted_query(model, changed)
            new, gone = self._write_difference(model, wanted, now, changed)
            joined, left = joined + new, left + gone
        return (joined, left), whole

    def _write_difference(self, model, wanted, now, changed=None):
        """Compare what should be with what is, in one statement.

        :param wanted: query of the ids that should be members
        :param changed: ids to look at; all when there are none
        :return: the numbers that joined and left
        """
        only = SQL("AND res_id IN %s", tuple(changed)) if changed else SQL()
        self.env.cr.execute(
            SQL(
                """WITH wanted (id) AS MATERIALIZED (%(wanted)s),
                        held AS MATERIALIZED (
                            SELECT id, res_id FROM crm_segment_member
                             WHERE segment_id = %(segment)s AND res_model = %(model)s
                               AND left_at IS NULL %(only)s),
                        gone AS (
                            UPDATE crm_segment_member SET left_at = %(now)s
                             WHERE id IN (SELECT held.id FROM held
                                       LEFT JOIN wanted ON wanted.id = held.res_id
                                           WHERE wanted.id IS NULL)
                         RETURNING 1),
                        new AS (
                            INSERT INTO crm_segment_member
                                        (segment_id, res_model, res_id, added_at)
                                 SELECT %(segment)s, %(model)s, wanted.id, %(now)s
                                   FROM wanted
                              LEFT JOIN held ON held.res_id = wanted.id
                                  WHERE held.id IS NULL
                            ON CONFLICT DO NOTHING
                         RETURNING 1)
                   SELECT (SELECT count(*) FROM new), (SELECT count(*) FROM gone)""",
                wanted=wanted,
                segment=self.id,
                model=model,
                now=now,
                only=only,
            )
        )
        return self.env.cr.fetchone()

    def _wanted_query(self, model, changed):
        domain = self._get_domain(model) & self._get_company_domain()
        if changed:
            domain &= Domain("id", "in", changed)
        return self.env[model]._search(domain).select()

    def _get_company_domain(self):
        """What belongs to another company is never a member."""
        if not self.company_id:
            return Domain.TRUE
        return Domain("company_id", "in", [self.company_id.id, False])
