from odoo import api, models

# more than that is long work: a run, with its progress, failures and retries
IMMEDIATE = 200
# what is carried out, and the state that it is carried out from
STEPS = {
    "approve": ("draft",),
    "apply": ("approved",),
    "undo": ("applied",),
    "cancel": ("draft", "approved"),
    "letter": ("approved", "applied"),
    "regularise": ("applied",),
}


class CrmPriceRevision(models.Model):
    """Decisions on many revisions at once: immediately for some, as a run for many.

    A unit is a subscription with its revisions. What a step finds done already it
    leaves alone: a run killed, retried or started twice does nothing twice.
    """

    _inherit = "crm.price.revision"

    def _carry_out(self, step, **options):
        """Do one step on these revisions; the caller has checked who asks for it.

        :return: True, or the screen of the run that was started
        """
        if len(self) > IMMEDIATE:
            return self._enqueue_step(step, **options)._crm_action_open()
        getattr(self, f"_{step}")(**options)
        self.campaign_id._refresh_state()
        return True

    def _enqueue_step(self, step, **options):
        """A run of one step, one unit a subscription."""
        kind = "price_letter" if step == "letter" else "price_revision"
        units = [
            {"res_id": subscription.id, "payload": {"ids": revisions.ids}}
            for subscription, revisions in self.grouped("subscription_id").items()
        ]
        run = self.env["crm.batch.run"]._enqueue(
            kind,
            units,
            name=self._get_step_name(step),
            payload={"step": step, "options": options},
        )
        if len(self.campaign_id) == 1:
            run._set_price_campaign(self.campaign_id)
        return run

    @api.model
    def _get_step_name(self, step):
        return {
            "approve": self.env._("Price revisions: approve"),
            "apply": self.env._("Price revisions: apply"),
            "undo": self.env._("Price revisions: undo"),
            "cancel": self.env._("Price revisions: cancel"),
            "letter": self.env._("Price revisions: send the letters"),
            "regularise": self.env._("Price revisions: propose regularisations"),
        }[step]

    @api.model
    def _batch_process(self, run, units):
        """Carry the step of a run out (kinds "price_revision" and "price_letter")."""
        step = run.payload["step"]
        ids = [number for unit in units for number in unit.payload["ids"]]
        # who decided and when is written on the records: no message for each; letters
        # leave by the host's mail queue, a mail server is no part of a chunk
        quiet = self.with_context(tracking_disable=True, mail_notify_force_send=False)
        revisions = quiet.browse(ids).exists()
        if step == "regularise":
            # sudo: a value holds for every company; this only proposes
            revisions = revisions.sudo()
        else:
            revisions._check_may_decide(None)
        options = dict(run.payload["options"])
        options.pop("index_ids", None)
        if ready := revisions.filtered(lambda one: one.state in STEPS[step]):
            getattr(ready, f"_{step}")(**options)

    @api.model
    def _batch_done(self, run):
        run.price_campaign_id._refresh_state()
        for index_id in run.payload["options"].get("index_ids", ()):
            self.env["crm.price.index"].browse(index_id)._ask_regularisation()

    @api.model
    def _batch_unit_label(self, unit):
        subscription = self.env["crm.subscription"].browse(unit.res_id).exists()
        return subscription.with_context(crm_show_customer=True).display_name or "-"
