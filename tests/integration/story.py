"""The people of the story and the firm's set-up, made as an administrator makes
them.
"""

import email
import re
import sys
import time
import xmlrpc.client

from support.data import BOUNCES, ROOT, new_user
from support.mail_sink import MailSink
from support.rpc import Rpc, Visitor
from support.server import LiveServer

sys.path.insert(0, str(ROOT / "addons" / "crm_ext_campaigns" / "tests"))
from bounce_set import (
    load_bounce_set,
)  # noqa: E402 the labelled mails, found one way only

PEOPLE = {
    "camille": ["sales_team.group_sale_salesman"],
    "herve": ["sales_team.group_sale_manager"],
    "solene": ["crm_ext_campaigns.group_campaigns_user"],
    "gwen": ["crm_ext_subscriptions.group_subscriptions_manager"],
    "nolwenn": ["account.group_account_user"],
    "maelle": ["crm_ext_service.group_service_user"],
    "ronan": ["crm_ext_service.group_service_user"],
    "chef": ["crm_ext_service.group_service_manager"],
}


class Story:
    """A live server, a mail sink, one connection a person; what a step leaves for the
    next.
    """

    def __enter__(self):
        self.sink = MailSink().__enter__()
        self.server = LiveServer("story").__enter__()
        self.admin = Rpc(self.server, "admin", "admin")
        self.set_up_mail()
        self.people = {
            login: Rpc(self.server, *new_user(self.admin, login, groups))
            for login, groups in PEOPLE.items()
        }
        self.set_up_teams()
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)
        self.sink.__exit__(*error)

    def __getattr__(self, login):
        """`story.camille` is Camille's connection."""
        if login in PEOPLE:
            return self.people[login]
        raise AttributeError(login)

    def set_up_mail(self):
        admin = self.admin
        admin(
            "ir.mail_server",
            "create",
            {
                "name": "sink",
                "smtp_host": "127.0.0.1",
                "smtp_port": self.sink.port,
                "smtp_encryption": "none",
            },
        )
        domain = admin("mail.alias.domain", "search", [], limit=1)
        values = {
            "name": "ano.example",
            "bounce_alias": "bounce",
            "catchall_alias": "catchall",
        }
        if domain:
            admin("mail.alias.domain", "write", domain, values)
        else:
            admin("mail.alias.domain", "create", values)

    def set_up_teams(self):
        admin = self.admin
        sales = self.ref("sales_team.team_sales_department")
        admin(
            "crm.team.member",
            "create",
            {"crm_team_id": sales, "user_id": self.camille.uid},
        )
        rule = admin(
            "crm.qualification.rule", "search", [("active", "=", False)], limit=1
        )
        admin("crm.qualification.rule", "write", rule, {"active": True})
        self.team = admin("crm.case.team", "search", [], limit=1)[0]
        agents = [(4, self.maelle.uid), (4, self.ronan.uid)]
        admin("crm.case.team", "write", [self.team], {"member_ids": agents})

    def ref(self, xml_id):
        """The id behind an XML id."""
        module, name = xml_id.split(".")
        return self.admin(
            "ir.model.data",
            "search_read",
            [("module", "=", module), ("name", "=", name)],
            ["res_id"],
        )[0]["res_id"]

    def run_cron(self, xml_id):
        """What the scheduler does at its hour, now; it may be at it already."""
        for _attempt in range(100):
            try:
                return self.admin(
                    "ir.cron", "method_direct_trigger", [self.ref(xml_id)]
                )
            except xmlrpc.client.Fault as fault:
                if "already executing" not in fault.faultString:
                    raise
                time.sleep(0.5)
        raise AssertionError(f"{xml_id} does not end")

    def gateway(self, raw):
        """A mail comes in, handed over as the host's gateway script does."""
        return self.admin("mail.thread", "message_process", False, raw)

    def hours_left(self):
        """What the agent reads on the customer's hour book."""
        row = self.maelle.read_one("crm.hour.book", self.book, "hours_left")
        return row["hours_left"]

    def visitor(self, login=None):
        """Somebody with a web browser."""
        browser = Visitor(self.server)
        return browser.sign_in(login, login) if login else browser


def returned_mail(kind, recipient, message_id):
    """A real returned mail of that class, as the answer to the mail we sent."""
    for raw, rows in load_bounce_set(BOUNCES):
        row = rows[0]
        fits = row["cls"] == kind and row["clear"] == "1" and row["recipient"]
        inner = re.findall(rb"(?im)^message-id:\s*(<[^>]+>)", raw)
        if (
            len(rows) > 1
            or not fits
            or len(inner) < 2
            or row["kind"] != "bounce-failed"
        ):
            continue
        if not re.search(re.escape(row["recipient"]).encode(), raw, re.I):
            continue
        mine = re.compile(re.escape(row["recipient"]).encode(), re.I)
        raw = mine.sub(recipient.encode(), raw)
        return raw.replace(inner[-1], message_id.encode()).decode("latin-1")
    raise AssertionError(f"no returned mail of class {kind}")


def mail(sender, recipient, subject, body):
    """A plain mail as the customer's program writes it."""
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Message-Id"] = f"<{abs(hash((sender, subject, body)))}@customer.example>"
    message.set_content(body)
    return message.as_string()
