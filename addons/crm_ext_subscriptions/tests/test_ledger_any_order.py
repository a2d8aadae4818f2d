from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from .ledger_common import FateCase

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["draft", "post", "cancel", "delete", "correct", "gap", "again", "decide"]
        ),
        st.integers(0, 3),
    ),
    max_size=7,
)


@tagged("post_install", "-at_install")
class TestLedgerFateInAnyOrder(FateCase):
    @given(steps=STEPS)
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def test_any_order_of_the_accountants_steps(self, steps):
        """After each step every day is live on one standing invoice, or explained."""
        with self.env.cr.savepoint() as savepoint:
            self.bill_february()
            for step, rank in steps:
                self.take_step(step, rank)
                self.assert_sound()
            savepoint.rollback()
        self.env.invalidate_all()

    def take_step(self, step, rank):
        moves = self.find_moves()
        try:
            with self.env.cr.savepoint():
                if step == "decide":
                    self.decide(rank)
                elif moves:
                    self.touch(moves[rank % len(moves)], step)
                self.env.flush_all()
        except UserError:
            self.env.invalidate_all()  # the host, or the ledger, refuses this step

    def find_moves(self):
        moves = self.env["account.move"].search(
            [("partner_id", "=", self.partner.id)], order="id"
        )
        return moves.with_user(self.accountant)

    def decide(self, rank):
        freed = self.rows().filtered(lambda row: row.settlement == "open")
        freed = freed[:1].sudo(False).with_user(self.accountant)
        if freed and rank % 2:
            freed.action_bill_again()
        elif freed:
            freed.action_accept_gap()

    def touch(self, move, step):
        if step == "draft":
            move.button_draft()
        elif step == "post":
            move.action_post()
        elif step == "cancel":
            move.button_draft() if move.state == "posted" else None
            move.button_cancel()
        elif step == "delete":
            move.with_context(force_delete=True).unlink()
        elif move.state == "posted" and move.move_type == "out_invoice":
            self.correct(move) if step == "correct" else self.credit(move, step)
