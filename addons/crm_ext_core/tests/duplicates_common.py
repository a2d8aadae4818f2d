from .common import CrmExtCase


class DuplicatesCase(CrmExtCase):
    """Two salespeople who see their own leads only, and a customer of one of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler = cls._new_user(
            "test_handler", "sales_team.group_sale_salesman", name="Hélène Handler"
        )
        cls.zoe = cls._lead(
            user_id=cls.handler.id,
            name="Audit of Vinouze",
            contact_name="Zoé Lecoeur",
            partner_name="Vinouze SARL",
            email_from="zoe.lecoeur@vinouze.example",
            phone="+33 2 99 00 12 34",
        )
        cls._end_transaction()

    @classmethod
    def _end_transaction(cls):
        """What is done at the end of a transaction, before the tests begin."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    @classmethod
    def _lead(cls, **values):
        return cls.env["crm.lead"].create({"name": "A lead"} | values)

    def _search(self):
        """Search the whole base as the lanes do."""
        self.env["crm.duplicate.search"]._enqueue()
        self._run_both()

    def _run_both(self):
        """The run of the cards, then the run of the pairs that its end queues."""
        self.run_batches()
        self.run_batches()

    def _pair(self, one, other):
        """The pair of two records, whatever who may see it."""
        field = "lead_id" if one._name == "crm.lead" else "partner_id"
        first, second = sorted((one.id, other.id))
        return self.env["crm.duplicate.pair"].search(
            [(field, "=", first), (f"other_{field}", "=", second)]
        )
