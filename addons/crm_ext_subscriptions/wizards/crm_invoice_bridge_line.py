from odoo import api, fields, models

from ..tools.invoice_bridge import INVOICED, MRR, REMAINDER, ROUNDING, SILENT

STEP_LABELS = [
    (MRR, "MRR of the period"),
    ("day_count", "Days of the contract, not calendar months"),
    ("free", "Trial, free and paused days"),
    ("discount", "Discounts"),
    ("opening", "Billed elsewhere before the start here"),
    ("freed", "Freed periods: unbilled, explained or to decide"),
    ("before", "Invoiced in earlier months"),
    ("after", "Invoiced in later months"),
    ("draft", "On draft invoices"),
    ("due", "Due, not invoiced"),
    ("later", "Not due yet"),
    ("ahead", "Invoiced in advance for later days"),
    ("behind", "Invoiced for earlier days"),
    ("changed", "Changes of terms not on these invoices"),
    ("adjusted", "Credits and supplements on earlier periods"),
    ("usage", "Usage"),
    ("one_off", "Billed once"),
    ("edited", "Invoice lines edited by hand"),
    ("manual", "Invoice lines added by hand"),
    ("replaced", "Invoices credited or replaced since"),
    ("credit_note", "Credit notes"),
    ("currency", "Exchange rates"),
    (ROUNDING, "Rounding"),
    (INVOICED, "Invoiced, untaxed"),
    (REMAINDER, "Unexplained"),
]


class CrmInvoiceBridgeLine(models.TransientModel):
    """A step of the bridge, with the list behind it."""

    _name = "crm.invoice.bridge.line"
    _description = "Step from MRR to invoices"
    _order = "bridge_id, sequence"
    _rec_name = "step"

    bridge_id = fields.Many2one(
        "crm.invoice.bridge", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="bridge_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(readonly=True)
    step = fields.Selection(STEP_LABELS, required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    level = fields.Monetary(string="Running total", aggregator=None, readonly=True)
    count = fields.Integer(string="Rows", aggregator=None, readonly=True)
    is_step = fields.Boolean(readonly=True)
    note = fields.Char(string="What it is", compute="_compute_note")

    @api.depends("step")
    @api.depends_context("lang")
    def _compute_note(self):
        notes = self._get_notes()
        for line in self:
            line.note = notes.get(line.step, "")

    @api.model
    def formatted_read_group(self, domain, groupby=(), *args, **kwargs):
        """Bars stand in the order of the bridge, not of the alphabet."""
        groups = super().formatted_read_group(domain, groupby, *args, **kwargs)
        if tuple(groupby) == ("step",):
            rank = {code: place for place, (code, _label) in enumerate(STEP_LABELS)}
            groups.sort(key=lambda group: rank.get(group["step"], len(rank)))
        return groups

    def action_open(self):
        """The rows that the step is the sum of."""
        self.ensure_one()
        self.bridge_id._check_scope()
        self.bridge_id._fill_items(self.step)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_invoice_bridge_item_action"
        )
        label = dict(self._fields["step"]._description_selection(self.env))[self.step]
        return action | {
            "name": label,
            "display_name": label,
            "domain": [
                ("bridge_id", "=", self.bridge_id.id),
                ("step", "=", self.step),
            ],
            "context": {"crm_show_memo": self.step in SILENT},
        }

    def _get_notes(self):
        return self._get_notes_of_days() | self._get_notes_of_invoices()

    def _get_notes_of_days(self):
        env = self.env
        return {
            MRR: env._("Each day's MRR over the days of its month, summed."),
            "day_count": env._(
                "What these days cost by the contracts, prorata included, less their "
                "MRR."
            ),
            "free": env._(
                "Neither in the MRR nor invoiced; the list tells their worth."
            ),
            "discount": env._(
                "Deducted in the MRR already; the list tells their worth."
            ),
            "opening": env._("Days before the date until which another system billed."),
            "freed": env._("Their invoice was deleted, cancelled or credited."),
            "before": env._("Days of these months on invoices of earlier months."),
            "after": env._("Days of these months on later invoices, such as arrears."),
            "draft": env._("Days of these months on invoices not posted."),
            "due": env._("Due by the last day and on no invoice."),
            "later": env._("In arrears: due after the last day, and on no invoice."),
        }

    def _get_notes_of_invoices(self):
        env = self.env
        return {
            "ahead": env._("Days after these months on their invoices."),
            "behind": env._("Days before these months on their invoices."),
            "changed": env._(
                "These invoices bear the terms then known: credits and supplements on "
                "their days that other invoices bear, or none yet."
            ),
            "adjusted": env._("Changes of terms on periods that other invoices bear."),
            "usage": env._("Consumption is not in the MRR."),
            "one_off": env._("Set-up and termination fees are not in the MRR."),
            "edited": env._("The posted line less the billed period that it bears."),
            "manual": env._("Lines of these invoices that bear no billed period."),
            "replaced": env._(
                "Posted in these months; a credit note took the days back."
            ),
            "credit_note": env._("Made by accountants on invoices of subscriptions."),
            "currency": env._("The rates of the MRR and of the invoices differ."),
            ROUNDING: env._(
                "One cent a billed period, half a cent an MRR and a step, at most."
            ),
            INVOICED: env._("Posted invoices and credit notes, by accounting date."),
            REMAINDER: env._("Invoices less MRR and steps: nothing is right."),
        }
