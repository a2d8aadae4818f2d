import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .crm_funnel_rule import MOMENTS

_logger = logging.getLogger(__name__)


class CrmFunnelFiring(models.Model):
    """A rule that acted on a card: when, by whose move, what it did.

    The database lets a rule fire once for each stay of a card in the stage. What fails
    never takes the move with it: it is rolled back alone and waits for a retry.
    """

    _name = "crm.funnel.firing"
    _description = "Funnel firing"
    _order = "id desc"
    _rec_name = "rule_id"
    _log_access = False
    _crm_stays_on_merge = True  # belongs to a stay of that very card

    rule_id = fields.Many2one(
        "crm.funnel.rule", required=True, index=True, ondelete="restrict", readonly=True
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    passage_id = fields.Many2one(
        "crm.stage.passage",
        string="Stay in the stage",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    # as the rule was when it fired
    stage_id = fields.Many2one("crm.stage", readonly=True)
    moment = fields.Selection(MOMENTS, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By the act of", readonly=True)
    state = fields.Selection(
        [
            ("done", "Done"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True)
    effect_ids = fields.One2many("crm.funnel.effect", "firing_id", readonly=True)
    effects = fields.Text(string="What it did", compute="_compute_effects")

    _once = models.Constraint(
        "UNIQUE(rule_id, lead_id, passage_id)",
        "A rule fires once for each stay of a card in a stage.",
    )

    @api.depends("effect_ids.done", "effect_ids.undone")
    def _compute_effects(self):
        for firing in self:
            firing.effects = "\n".join(firing.effect_ids.mapped("done"))

    # ------------------------------------------------------------------ firing
    @api.model
    def _claim(self, rule, leads):
        """Be the one that fires for these stays: another transaction, or another move,
        gets what is left."""
        self.env["crm.stage.passage"].flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_funnel_firing (rule_id, lead_id, passage_id,
                               stage_id, moment, date, user_id, state)
                        SELECT %(rule)s, lead_id, MAX(id), %(stage)s, %(moment)s,
                               %(now)s, %(user)s, 'done'
                          FROM crm_stage_passage
                         WHERE lead_id = ANY(%(leads)s) AND stage_id = %(stage)s
                           AND (left_at IS NULL) = %(there)s
                      GROUP BY lead_id ORDER BY lead_id
                   ON CONFLICT (rule_id, lead_id, passage_id) DO NOTHING
                     RETURNING id""",
                rule=rule.id,
                stage=rule.stage_id.id,
                moment=rule.moment,
                now=fields.Datetime.now(),
                user=self.env.uid,
                leads=leads.ids,
                there=rule.moment != "leave",
            )
        )
        firings = self.browse(row[0] for row in self.env.cr.fetchall())
        leads.invalidate_recordset(["crm_funnel_firing_ids", "crm_funnel_firing_count"])
        return firings

    def _carry_out(self):
        """Act on all cards at once; when that fails, card by card."""
        if not self:
            return
        try:
            self._carry_out_together()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # our snapshot is out of date: the host starts the request anew
        except Exception as error:  # noqa: BLE001 kept for the user, with a retry
            if len(self) == 1:
                self._fail(error)
                return
            for firing in self:
                firing._carry_out()

    def _carry_out_together(self):
        with self.env.cr.savepoint():
            values = []
            for action in self.rule_id.action_ids:
                values += action._run(self)
            self.env["crm.funnel.effect"].create(values)
            self.env.flush_all()

    def _fail(self, error):
        _logger.info("Funnel firing %s failed", self.id, exc_info=True)
        words = str(error)
        if not isinstance(error, UserError):
            words = self.env._("Unexpected error: %(error)s", error=words)
        self.write({"state": "failed", "reason": words})

    def _stop(self, words):
        self.write({"state": "stopped", "reason": words})

    def _words(self):
        """The firing in one text, as a dry run shows it."""
        return "\n".join(filter(None, [self.effects, self.reason]))
