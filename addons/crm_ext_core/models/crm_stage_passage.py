from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

LEADS_A_UNIT = 20000

# each change of stage ends a stay and begins the next; the first begins with the lead
READ_PAST = """
WITH change AS (
    SELECT message.res_id AS lead_id, value.id, value.create_date AS at,
           value.old_value_integer AS old, value.new_value_integer AS new
      FROM mail_tracking_value value
      JOIN mail_message message ON message.id = value.mail_message_id
     WHERE message.model = 'crm.lead' AND value.field_id = %(field)s
       AND message.res_id BETWEEN %(first)s AND %(last)s
), opportunity AS (
    SELECT lead.*, known.since,
           COALESCE((SELECT old FROM change WHERE change.lead_id = lead.id
                      ORDER BY id LIMIT 1), lead.stage_id) AS first_stage
      FROM crm_lead lead
      LEFT JOIN LATERAL (SELECT MIN(entered_at) AS since FROM crm_stage_passage stay
                          WHERE stay.lead_id = lead.id) known ON TRUE
     WHERE lead.id BETWEEN %(first)s AND %(last)s AND lead.type = 'opportunity'
), entry AS (
    SELECT id AS lead_id, 0 AS rank, first_stage AS stage_id, create_date AS entered_at
      FROM opportunity
     UNION ALL SELECT lead_id, id, new, at FROM change
), stay AS (
    SELECT entry.*,
           LEAD(entered_at) OVER later AS left_at, LEAD(stage_id) OVER later AS next_id
      FROM entry WINDOW later AS (PARTITION BY lead_id ORDER BY entered_at, rank)
), past AS (
    SELECT stay.lead_id, stay.stage_id, lead.team_id, lead.user_id, lead.company_id,
           stay.entered_at, next.id AS next_id,
           CASE WHEN lead.since IS NOT NULL
                THEN LEAST(COALESCE(stay.left_at, lead.since), lead.since)
                WHEN stay.left_at IS NULL AND NOT lead.active
                THEN GREATEST(stay.entered_at,
                              COALESCE(lead.date_closed, lead.write_date))
                ELSE stay.left_at END AS left_at
      FROM stay
      JOIN opportunity lead ON lead.id = stay.lead_id
      JOIN crm_stage stage ON stage.id = stay.stage_id
      LEFT JOIN crm_stage next ON next.id = stay.next_id
     WHERE lead.since IS NULL OR stay.entered_at < lead.since - INTERVAL '1 second'
)
INSERT INTO crm_stage_passage (lead_id, stage_id, team_id, user_id, company_id,
                               entered_at, left_at, next_stage_id, days)
SELECT lead_id, stage_id, team_id, user_id, company_id, entered_at, left_at, next_id,
       EXTRACT(EPOCH FROM left_at - entered_at) / 86400
  FROM past ORDER BY lead_id, entered_at
    ON CONFLICT DO NOTHING"""


class CrmStagePassage(models.Model):
    """A stay of an opportunity in a stage: entered, left, for how many days.

    Written in SQL beside each move (crm_lead_passage.py), so that moving many cards
    costs as many queries as moving one. What happened before the addon was there is
    read from the host's tracking by a batch run.
    """

    _name = "crm.stage.passage"
    _description = "Stay in a stage"
    _order = "entered_at desc, id desc"
    _log_access = False
    _rec_name = "stage_id"
    _crm_stays_on_merge = True  # where that very card was, and when

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    stage_id = fields.Many2one(
        "crm.stage", required=True, index=True, ondelete="cascade", readonly=True
    )
    next_stage_id = fields.Many2one(
        "crm.stage",
        string="Left for",
        ondelete="set null",
        readonly=True,
        help="Empty while the card is in the stage, and when it was lost or archived "
        "from there.",
    )
    team_id = fields.Many2one("crm.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", readonly=True)
    entered_at = fields.Datetime(string="Entered on", required=True, readonly=True)
    left_at = fields.Datetime(string="Left on", readonly=True)
    days = fields.Float(
        string="Days in the stage",
        digits=(16, 2),
        aggregator="avg",
        readonly=True,
        help="Known once the card has left the stage.",
    )

    _open_once = models.UniqueIndex(
        "(lead_id) WHERE left_at IS NULL", "An opportunity is in one stage at a time."
    )
    _dates = models.Constraint(
        "CHECK (left_at >= entered_at)", "A stage is not left before it is entered."
    )
    _entered_idx = models.Index("(stage_id, entered_at)")

    # ------------------------------------------------------------------ moves
    @api.model
    def _ensure(self, leads):
        """Begin the stay of the opportunities that are in a stage and have none yet:
        those that were there before the addon, and new ones."""
        self._insert(leads, SQL("COALESCE(date_last_stage_update, create_date)"))

    @api.model
    def _move(self, leads, now):
        """End the stay that is open, and begin the one in the stage they are in now."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_stage_passage stay
                      SET left_at = GREATEST(%(now)s, stay.entered_at),
                          days = GREATEST(0, EXTRACT(EPOCH FROM
                                 %(now)s::timestamp - stay.entered_at) / 86400),
                          next_stage_id = CASE WHEN lead.active THEN lead.stage_id END
                     FROM crm_lead lead
                    WHERE lead.id = stay.lead_id AND lead.id = ANY(%(leads)s)
                      AND stay.left_at IS NULL""",
                now=now,
                leads=leads.ids,
            )
        )
        self._insert(leads, SQL("%s::timestamp", now))

    @api.model
    def _move_back(self, lead, moment):
        """Undo a move made at that moment, as if it had not been; what the card did
        since stays, and it moves from there."""
        self.env.cr.execute(
            """DELETE FROM crm_stage_passage
                WHERE lead_id = %s AND left_at IS NULL AND entered_at = %s""",
            [lead.id, moment],
        )
        if self.env.cr.rowcount or not self._find_open(lead):
            self.env.cr.execute(
                """UPDATE crm_stage_passage
                      SET left_at = NULL, days = NULL, next_stage_id = NULL
                    WHERE id = (SELECT MAX(id) FROM crm_stage_passage
                                 WHERE lead_id = %s)
                      AND left_at = GREATEST(%s, entered_at)""",
                [lead.id, moment],
            )
        self.invalidate_model()
        if self._find_open(lead).stage_id.id != lead._crm_get_places()[lead.id]:
            self._move(lead._crm_flush_places(), fields.Datetime.now())

    def _find_open(self, lead):
        return self.search([("lead_id", "=", lead.id), ("left_at", "=", False)])

    def _insert(self, leads, entered_at):
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_stage_passage
                          (lead_id, stage_id, team_id, user_id, company_id, entered_at)
                   SELECT id, stage_id, team_id, user_id, company_id, %s
                     FROM crm_lead
                    WHERE id = ANY(%s) AND active AND stage_id IS NOT NULL
                      AND type = 'opportunity'
                 ORDER BY id
                   ON CONFLICT (lead_id) WHERE left_at IS NULL DO NOTHING""",
                entered_at,
                leads.ids,
            )
        )
        self.invalidate_model()
        leads.invalidate_recordset(["crm_passage_ids"])

    # ------------------------------------------------------------------ the past
    @api.model
    def action_read_past(self):
        """Read the stays of before from the history of the opportunities."""
        if not self.env.user.has_group("crm_ext_core.group_core_manager"):
            raise AccessError(
                self.env._("A manager reads the stage times of the past.")
            )
        self.env.cr.execute("SELECT MAX(id) FROM crm_lead")
        last = self.env.cr.fetchone()[0] or 0
        units = [
            {"payload": {"from": first, "to": first + LEADS_A_UNIT - 1}}
            for first in range(1, last + 1, LEADS_A_UNIT)
        ]
        run = self.env["crm.batch.run"]._enqueue(
            "stage_past", units, name=self.env._("Stage times of the past")
        )
        return run.get_formview_action()

    @api.model
    def _batch_unit_label(self, unit):
        return self.env._(
            "Opportunities %(first)s to %(last)s",
            first=unit.payload["from"],
            last=unit.payload["to"],
        )

    @api.model
    def _batch_process(self, run, units):
        for unit in units:
            self._read_past(unit.payload["from"], unit.payload["to"])
        self.invalidate_model()

    def _read_past(self, first, last):
        """Write the stays that the tracking of the host tells of, up to the first one
        known; done twice, it finds nothing left to write."""
        self.env["crm.lead"].flush_model()
        self.env["mail.tracking.value"].flush_model()
        field = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        self.env.cr.execute(
            SQL(
                READ_PAST,
                field=field.id,
                first=first,
                last=last,
            )
        )
