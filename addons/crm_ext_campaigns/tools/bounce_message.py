"""What a returned mail is made of, read with tolerance.

A report of non-delivery comes as a notice for humans, at best fields for machines
(RFC 3464), and a copy of the mail that did not arrive. Real servers forget parts, give
them the wrong type or put all three into one text; what matters is to tell them apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from html import unescape

COPY_TYPES = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
REPORT_TYPES = ("message/delivery-status", "message/xdelivery-status")

# A notice is short: a hostile mail must not cost minutes.
LONGEST_BODY = 50_000
LONGEST_LINE = 998  # RFC 5322
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # a NUL cannot be stored

# From this line on, the text is the copy of the mail that was sent.
COPY_START = re.compile(
    r"^[>\s]*(?:-{2,}.*(?:original|below (?:this|the next) line|copy of (?:the|"
    r"your) (?:message|mail)|(?:unsent )?message (?:header )?follows|returned (?:mail|"
    r"message)).*|-{2,}\s*original (?:message|mail).*|(?:the )?original (?:message|"
    r"mail)(?: as received| follows| headers?).*|included is a copy of the message.*|"
    r"below (?:is|this line is) a copy of .*|(?:received: ?from|received: by|"
    r"return-path:|dkim-signature:) ?\S.*)$",
    re.I | re.M,
)
REPORT_FIELD = re.compile(r"^(?:final|original)-recipient\s*:", re.I | re.M)
ORIGINAL_ID = re.compile(r"^[>\s]*message-id\s*:\s*(<[^<>\s]+>)", re.I | re.M)
ORIGINAL_TO = re.compile(r"^[>\s]*to\s*:\s*(.+)$", re.I | re.M)


@dataclass(frozen=True, slots=True)
class ReturnedMessage:
    """A mail that may be a bounce, cut into what is of use.

    `notice` is the text up to the copy of the original; `groups` are the blocks of
    the delivery report, the first one about the message, each other about one
    recipient, with field names in lower case; `copy` is the text of the original mail
    or its headers.
    """

    headers: dict[str, str]
    content_types: frozenset[str]
    report_type: str
    notice: str
    groups: tuple[dict[str, str], ...]
    feedback: dict[str, str]
    copy: str

    @property
    def original_message_id(self) -> str:
        """Message-Id of the mail that did not arrive, as far as the report tells."""
        match = ORIGINAL_ID.search(self.copy) or ORIGINAL_ID.search(self.notice)
        return match[1] if match else ""

    @property
    def original_to(self) -> str:
        """The To header of the mail that did not arrive."""
        match = ORIGINAL_TO.search(self.copy)
        return match[1] if match else ""


def read_message(raw: bytes) -> ReturnedMessage:
    """Cut a raw mail into the parts that tell whether and why it bounced."""
    message = message_from_bytes(raw)
    top_parts = list(_walk_outside_copy(message))
    body = "\n".join(filter(None, (_text_of(part) for part in top_parts)))
    body = CONTROL.sub(" ", body[:LONGEST_BODY])
    body = "\n".join(line[:LONGEST_LINE] for line in body.splitlines())
    notice, text_copy = _split_copy(body)
    report = "\n\n".join(
        _report_text(part)
        for part in top_parts
        if part.get_content_type() in REPORT_TYPES
    )
    if not report and REPORT_FIELD.search(body):
        report = body
    copies = [part for part in top_parts if part.get_content_type() in COPY_TYPES]
    return ReturnedMessage(
        headers={
            name.lower(): decoded(value) for name, value in reversed(message.items())
        },
        content_types=frozenset(part.get_content_type() for part in top_parts),
        report_type=str(message.get_param("report-type") or "").lower(),
        notice=notice,
        groups=tuple(_groups(report)),
        feedback=_feedback(top_parts),
        copy="\n".join(_raw_text(part) for part in copies) or text_copy,
    )


def decoded(value: object) -> str:
    """Return a header as readable text, whatever its encoding or defects."""
    try:
        return str(make_header(decode_header(str(value)))).strip()
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return str(value).strip()


def _walk_outside_copy(message: Message) -> Iterator[Message]:
    """All parts, without going down into the copy of the original mail."""
    yield message
    if message.get_content_type() in COPY_TYPES + REPORT_TYPES:
        return
    if message.is_multipart():
        for part in message.get_payload():
            yield from _walk_outside_copy(part)


def _text_of(part: Message) -> str:
    kind = part.get_content_type()
    if kind in COPY_TYPES + REPORT_TYPES or part.is_multipart():
        return ""
    if part.get_content_maintype() == "multipart":  # declared so, but without parts
        return _raw_text(part)
    if kind == "text/html":
        return _without_markup(_payload_text(part))
    return _payload_text(part) if kind.startswith("text/") else ""


def _payload_text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if payload is None:
        return ""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return payload.decode(charset or "ascii")
        except (LookupError, UnicodeError):
            continue
    return payload.decode("latin-1")


def _raw_text(part: Message) -> str:
    """The part as it was written, headers of the copied mail included."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(item.as_bytes().decode("utf-8", "replace") for item in payload)
    return _payload_text(part) or str(payload or "")


def _report_text(part: Message) -> str:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return CONTROL.sub(" ", _payload_text(part))
    blocks = []
    for block in payload:
        # a block may hold text after an empty line, which the parser takes for a body
        lines = [f"{name}: {value}" for name, value in block.items()]
        rest = block.get_payload()
        blocks.append(
            "\n".join(lines) + ("\n\n" + rest if isinstance(rest, str) else "")
        )
    return CONTROL.sub(" ", "\n\n".join(blocks))


def _without_markup(html: str) -> str:
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", html)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/h\d|/li)\b[^>]*>", "\n", text)
    return unescape(re.sub(r"(?s)</?[a-z!][^>@]*>", " ", text))


def _split_copy(text: str) -> tuple[str, str]:
    match = COPY_START.search(text)
    if not match:
        return text, ""
    return text[: match.start()], text[match.start() :]


def _groups(report: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\r?\n[ \t]*\r?\n", report):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line[:1] in " \t" and name:
                fields[name] = f"{fields[name]} {line.strip()}".strip()
                continue
            head, colon, value = line.partition(":")
            name = head.strip().lower() if colon and " " not in head.strip() else ""
            if name:
                fields.setdefault(name, value.strip())
        if fields:
            yield fields


def _feedback(parts: list[Message]) -> dict[str, str]:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            lines = message_from_string(_raw_text(part).lstrip())
            return {name.lower(): decoded(value) for name, value in lines.items()}
    return {}
