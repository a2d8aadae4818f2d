from datetime import timedelta

from odoo.fields import Command, Datetime

from .common import CrmExtCase

MAIL = "zoe.coeur@vinouze.example"
NAME = "Zoé Cœur-Testard"
PHONE = "+33299000077"


class PrivacyCase(CrmExtCase):
    """One prospect that left traces everywhere, and whoever protects its data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._new_user("test_officer", "crm_ext_core.group_core_privacy")
        cls.form = cls.env["crm.capture.form"].create(
            {
                "name": "Contact",
                "consent_text": "I agree.",
                "tracking_text": "Recognise me.",
                "field_ids": [
                    Command.create({"target": "contact_name"}),
                    Command.create({"target": "email_from"}),
                    Command.create({"target": "description"}),
                ],
            }
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": NAME, "email": MAIL, "phone": PHONE, "comment": f"Met {NAME}"}
        )
        cls.post = cls.form.receive(
            "11111111-1111-1111-1111-111111111111",
            {
                "contact_name": NAME,
                "email_from": MAIL,
                "description": f"Call {NAME} on {PHONE}",
                "consent": True,
                "tracking": True,
            },
            {
                "landing_page": f"https://www.example.com/?mail={MAIL}",
                "address": "192.0.2.7",
            },
        )
        cls.lead = cls.post.lead_id
        cls.lead.write(
            {"expected_revenue": 5000, "user_id": cls.salesperson.id, "phone": PHONE}
        )
        cls.leave_traces()

    @classmethod
    def leave_traces(cls):
        lead = cls.lead.with_context(tracking_disable=False, mail_notrack=False)
        lead.contact_name = f"{NAME} again"
        lead.message_post(
            body=f"Dear {NAME}", author_id=cls.contact.id, message_type="email",
            email_from=f'"{NAME}" <{MAIL}>', subject=f"From {NAME}",
            attachments=[("letter.txt", f"I am {NAME}".encode())],
        )  # fmt: skip
        cls.contact.message_post(body=f"{NAME} called from {PHONE}")
        lead.activity_schedule(
            "mail.mail_activity_data_call", summary=f"Call {NAME}", note=MAIL,
            user_id=cls.salesperson.id,
        )  # fmt: skip
        cls.env["calendar.event"].create(
            {
                "name": f"Lunch with {NAME}",
                "description": f"At {MAIL}",
                "opportunity_id": cls.lead.id,
                "start": Datetime.now(),
                "stop": Datetime.now() + timedelta(hours=1),
                "partner_ids": [Command.set(cls.contact.ids)],
            }
        )
        cls.env["crm.capture.visit"].record_visit(
            cls.post._get_visitor_token(), f"https://www.example.com/{MAIL}"
        )
        cls.env["mail.mail"].create(
            {"email_to": MAIL, "body_html": f"Hello {NAME}", "subject": NAME}
        )
        cls.env.flush_all()
        cls.cr.precommit.run()  # tracked values are written at the end

    def request(self, kind, **values):
        values = values or {"email": MAIL.upper()}
        return (
            self.env["crm.privacy.request"]
            .with_user(self.officer)
            .create({"kind": kind} | values)
        )

    def find_texts(self, *texts):
        """[table.column] of the whole database where one of the texts is left."""
        self.env.flush_all()
        self.cr.execute(
            """SELECT c.table_name, c.column_name FROM information_schema.columns c
                 JOIN information_schema.tables t USING (table_schema, table_name)
                WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
                  AND c.data_type IN ('text', 'character varying', 'jsonb')"""
        )
        tables = {}
        for table, column in self.cr.fetchall():
            tables.setdefault(table, []).append(column)
        left = []
        for table, columns in tables.items():
            checks = ", ".join(
                f'bool_or("{column}"::text ILIKE ANY (%(texts)s))' for column in columns
            )
            self.cr.execute(
                f'SELECT {checks} FROM "{table}"',
                {"texts": [f"%{text}%" for text in texts]},
            )
            found = self.cr.fetchone()
            left += [
                f"{table}.{c}" for c, hit in zip(columns, found, strict=True) if hit
            ]
        return left

    def age(self, months=48):
        """Everything happened that long ago."""
        self.env.flush_all()
        for table, columns in {
            "crm_lead": ["create_date", "date_conversion", "date_closed"],
            "res_partner": ["create_date"],
            "mail_message": ["date"],
            "mail_activity": ["date_deadline", "date_done"],
            "crm_capture_post": ["date"],
            "crm_capture_visit": ["date"],
            "crm_score_event": ["date"],
            "calendar_event": ["start", "stop"],
        }.items():
            sets = ", ".join(
                f"{column} = {column} - interval '{months} months'"
                for column in columns
            )
            # pylint: disable=sql-injection  # names that stand above
            self.cr.execute(f"UPDATE {table} SET {sets}")
        self.env.invalidate_all()
