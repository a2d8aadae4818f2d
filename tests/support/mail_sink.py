"""A real SMTP server that keeps what it receives."""

import email
import email.policy

from aiosmtpd.controller import Controller

from .server import free_port


class MailSink:
    """Accepts every mail on 127.0.0.1:`port`; `messages` are (envelope, message)
    pairs.
    """

    def __init__(self):
        self.messages = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_error):
        self._controller.stop()

    async def handle_DATA(self, _server, _session, envelope):
        """Keep one mail (aiosmtpd's hook)."""
        message = email.message_from_bytes(
            envelope.content, policy=email.policy.default
        )
        self.messages.append((envelope, message))
        return "250 kept"

    def to(self, address):
        """The messages handed over for an address."""
        return [
            message
            for envelope, message in self.messages
            if address in [recipient.lower() for recipient in envelope.rcpt_tos]
        ]
