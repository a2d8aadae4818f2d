from odoo import fields, models
from odoo.exceptions import UserError


class CrmFunnelFiring(models.Model):
    """A firing taken back, as far as that can be, or tried again."""

    _inherit = "crm.funnel.firing"

    closed_at = fields.Datetime(string="Undone on", readonly=True)
    closed_by_id = fields.Many2one("res.users", string="Undone by", readonly=True)

    def action_undo(self):
        """Take back what the rule did; what has left the house stays, and it says
        so."""
        self.lead_id.check_access("write")
        # sudo: whoever may write the card may undo what a rule did to it
        for firing in self.sudo():
            firing._undo()
        return True

    def _undo(self):
        if self.state not in ("done", "stopped"):
            raise UserError(self.env._("There is nothing to undo here."))
        effects = self.effect_ids.filtered(lambda effect: not effect.undone)
        for effect in effects.sorted("id", reverse=True):
            effect._undo()
        lasting = effects.filtered(lambda effect: not effect.undone)
        words = "\n".join(f"{effect.done}: {effect.lasting}" for effect in lasting)
        if lasting and lasting == effects:
            raise UserError(self.env._("This cannot be undone.\n%(why)s", why=words))
        values = {"closed_at": fields.Datetime.now(), "closed_by_id": self.env.uid}
        if not lasting:
            values["state"] = "undone"
        else:
            values["reason"] = self.env._(
                "Undone in part. What stays:\n%(why)s", why=words
            )
        self.write(values)

    def action_retry(self):
        """Do what failed, as if the card came in now."""
        self.lead_id.check_access("write")
        # sudo: as for an undo
        firings = self.sudo()
        if firings.filtered(lambda firing: firing.state != "failed"):
            raise UserError(self.env._("Only a firing that failed is tried again."))
        firings.write({"state": "done", "reason": False})
        for firing in firings:
            firing._carry_out()
        return True
