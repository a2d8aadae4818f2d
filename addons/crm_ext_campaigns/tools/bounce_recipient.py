"""Which address a returned mail speaks of.

The fields of the report come first; then the lines of the notice, where each family
of servers has its own way to name the address; then flufl.bounce, which knows rare
formats; last the To header of the mail that was sent.
"""

import logging
import re
from collections.abc import Iterator
from email import message_from_bytes

from flufl.bounce import scan_message

from .bounce_message import ReturnedMessage, decoded

# the library tells the log of each of its seventeen detectors, for each mail
logging.getLogger("flufl.bounce").setLevel(logging.WARNING)

ADDRESS = re.compile(
    r"(\"[^\"@\n]{1,64}\"|[^\s<>()\[\]:;,\"\\@]{1,128})"
    r"@([^\W_](?:[\w.-]{0,252}[^\W_])?)"
)
REPORT_FIELDS = ("final-recipient", "original-recipient", "x-actual-recipient")
FAILED_HEADERS = ("x-failed-recipients", "x-failed-recipient", "x-bounce-recipient")

_A = r"<?([^\s<>\"':;,()]+@[^\s<>\"':;,()\[\]]*\w)>?"
NOTICE_RULES = tuple(
    re.compile(pattern, re.I | re.M)
    for pattern in (
        r"\"emailAddress\\?\"\s*:\s*\\?\"([^\"\\]+)",
        rf"^[>\s*]*{_A}[.:]?\s*\(expanded from:",
        r"(?:following (?:address|recipient)|did not reach|(?:failed|affected|"
        r"intended) recipient|addresses? (?:failed|had)|list of recipients|"
        r"recipients? were affected|could(?: not|n't) be delivered to|"
        r"unable to deliver|did NOT receive|(?:delivery|"
        rf"deliver) .{{0,30}}fail)[^@]{{0,700}}?{_A}(?=[\s:.;,)\]]|$)",
        r"^[>\s*]*<([^\s<>]+@[^\s<>]+)>\s*:",
        rf"^[>\s*]*{_A}\s*:? *(?:\(|\.\.\.|\[|$)",
        rf"(?:rcpt to|recipient|undeliverable address|user|mailbox|target mail address)"
        rf"(?:\s*:\s*|\s+){_A}(?=[\s:.;,)\]]|$)",
        rf"^\s*\d{{3}}[ -](?:\d\.\d+\.\d+ )?{_A}",
    )
)
X400 = re.compile(r"^smtp=", re.I)  # how Exchange writes an address inside its own
SERVICE = re.compile(
    r"^(?:mailer-daemon|postmaster|abuse|support|helpdesk|admin)@", re.I
)


def find_recipient(message: ReturnedMessage, raw: bytes) -> str:
    """The address that failed, in lower case, or an empty string."""
    return next(_candidates(message, raw), "")


def _candidates(message: ReturnedMessage, raw: bytes) -> Iterator[str]:
    for text in _report_values(message):
        yield from _addresses(text)
    for text in _notice_values(message.notice):
        yield from _foreign_addresses(text, message)
    yield from _addresses("\n".join(scanned(raw)))
    yield from _foreign_addresses(message.original_to, message)
    yield from _foreign_addresses(message.notice, message)


def _report_values(message: ReturnedMessage) -> Iterator[str]:
    failed = [
        group for group in message.groups if group.get("action", "") != "delivered"
    ]
    for field in REPORT_FIELDS:
        for group in failed:
            if field in group:
                yield decoded(group[field].split(";", 1)[-1])
    for header in FAILED_HEADERS:
        yield message.headers.get(header, "")
    yield message.feedback.get("original-rcpt-to", "")


def _notice_values(notice: str) -> Iterator[str]:
    for rule in NOTICE_RULES:
        for match in rule.finditer(notice):
            yield match[1]


def _foreign_addresses(text: str, message: ReturnedMessage) -> Iterator[str]:
    """Addresses that are neither the server's own nor the sender's we are."""
    own = set(_addresses(message.headers.get("to", "")))
    for address in _addresses(text):
        if address not in own and not SERVICE.match(address):
            yield address


def _addresses(text: str) -> Iterator[str]:
    for match in ADDRESS.finditer(text):
        local_part = X400.sub("", match[1]).strip(".")
        yield f"{local_part}@{match[2]}".lower()


def scanned(raw: bytes) -> list[str]:
    """What flufl.bounce finds, the known formats of list managers."""
    try:
        found = scan_message(message_from_bytes(raw))
    except Exception:  # noqa: BLE001 a detector of the library broke on an odd mail
        return []
    return sorted(
        item.decode("latin-1") if isinstance(item, bytes) else str(item)
        for item in found
    )
