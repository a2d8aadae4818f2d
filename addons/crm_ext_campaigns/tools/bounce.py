"""Triage of returned mail: is it a bounce, whose, of which class and why.

The order of the questions is what makes it work: complaints and reading receipts look
like bounces, so they are asked first; then the machine-readable report, then the words
of known servers; an automatic reply comes last, because many servers mark their
bounces as automatically replied too.
"""

import re
from dataclasses import dataclass
from enum import Enum

from .bounce_message import ReturnedMessage, read_message
from .bounce_reason import BounceClass, class_of, reason_from_code, reason_from_text
from .bounce_recipient import ADDRESS, find_recipient, scanned


class MailKind(str, Enum):
    """What an incoming mail is, as far as deliverability is concerned."""

    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    COMPLAINT = "complaint"
    DISPOSITION = "disposition"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class BounceVerdict:
    """What a mail says of the one that was sent.

    `bounce_class` and `reason` are empty unless `kind` is a bounce; `delayed` tells
    that nothing came back yet: the server warns that it is still trying.
    """

    kind: MailKind
    bounce_class: BounceClass | None = None
    reason: str = ""
    status: str = ""
    smtp_code: str = ""
    diagnostic: str = ""
    recipient: str = ""
    original_message_id: str = ""
    delayed: bool = False


AMAZON_BOUNCE = r"\"notificationType\":\"Bounce\""  # JSON within JSON
DAEMON = re.compile(
    r"(?:mailer[-_. ]?daemon|mail[-_. ]?(?:er|delivery)|post ?master|daemon@|"
    r"delivery (?:sub)?system|administrator|smtp_mail_service|ndr |mdaemon)",
    re.I,
)
FAILURE_SUBJECT = re.compile(
    r"undeliver|return(?:ed|ing) (?:to|mail|message)|fail(?:ed|ure)|delivery (?:status|"
    r"notif|report|problem|delay|error|incomplete)|could not be delivered|"
    r"not delivered|non remis|warning: (?:could|message)|bounce|delay|"
    r"mail (?:system )?error|unzustellbar|delivery status",
    re.I,
)
FAILURE_TEXT = re.compile(
    r"(?:could|can|was|were|has|have) ?n[o']?t (?:yet )?(?:be |"
    r"been )?(?:successfully )?(?:deliver|reach|sent)|unable to deliver|"
    r"wasn't able to deliver|not able to deliver|undeliverable|"
    r"permanent (?:fatal )?(?:error|failure)|delivery (?:\w+ ){0,8}fail|"
    r"delivery (?:\w+ )?delayed|did not reach|failed permanently|failed recipient|"
    r"(?:following|these) (?:address|recipient)[^.]{0,60}(?:fail|error|reject|"
    r"affected)|(?:was|has been|were) (?:rejected|refused|returned|blocked)|"
    r"transcript of session|addresses had (?:permanent|delivery|transient)|"
    r"message (?:was|is) not delivered|delivery fail|failed to deliver|"
    r"error (?:has )?occurred while (?:attempting|sending)|returned (?:to you|below)|"
    r"did NOT receive a copy|no valid recipient|n'a pu être (?:remis|délivré)|"
    r"impossible de remettre|automatic bounce|delivery attempts|"
    r"[45]\d\d[ -][45]\.\d+\.\d+",
    re.I,
)
DELAY_TEXT = re.compile(
    r"warning message only|has been postponed|will (?:be retried|continue to try)"
    r"|still (?:being tried|trying)|not yet been delivered|do not need to resend"
    r"|delivery attempts will continue",
    re.I,
)
AUTO_SUBJECT = re.compile(
    r"^(?:auto(?:matic)?[- ]?(?:re(?:ply|sponse|sponder))|auto:|out of (?:the )?office|"
    r"vacation|réponse automatique|absence|absent|abwesen)",
    re.I,
)
ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]|\.\d)")
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-:;#\]]|$)(?!-\d{4})", re.M)
QUIET_ACTIONS = ("delivered", "relayed", "expanded", "deliverable")


def classify(raw: bytes) -> BounceVerdict:
    """Read a raw incoming mail and tell what it says of a mail that was sent."""
    message = read_message(raw)
    kind = _kind(message, raw)
    recipient = "" if kind is MailKind.ORDINARY else find_recipient(message, raw)
    if kind is not MailKind.BOUNCE:
        return BounceVerdict(
            kind=kind,
            recipient=recipient,
            original_message_id=message.original_message_id,
        )
    return _bounce_verdict(message, recipient)


def _kind(message: ReturnedMessage, raw: bytes) -> MailKind:
    if message.feedback or message.report_type == "feedback-report":
        return MailKind.COMPLAINT
    if (
        "message/disposition-notification" in message.content_types
        or message.report_type == "disposition-notification"
    ):
        return MailKind.DISPOSITION
    actions = {group["action"].lower() for group in message.groups if "action" in group}
    if actions:
        quiet = all(action.startswith(QUIET_ACTIONS) for action in actions)
        return MailKind.ORDINARY if quiet else MailKind.BOUNCE
    if _is_told_bounce(message, raw):
        return MailKind.BOUNCE
    return MailKind.AUTO_REPLY if _is_auto_reply(message) else MailKind.ORDINARY


def _is_told_bounce(message: ReturnedMessage, raw: bytes) -> bool:
    """Whether headers and words make a bounce of a mail without a usable report."""
    headers = message.headers
    if "x-failed-recipients" in headers or AMAZON_BOUNCE in message.notice:
        return True
    by_daemon = bool(DAEMON.search(headers.get("from", ""))) or (
        headers.get("return-path", "").replace(" ", "") == "<>"
    )
    by_subject = bool(FAILURE_SUBJECT.search(headers.get("subject", "")))
    by_text = bool(FAILURE_TEXT.search(message.notice))
    with_report = bool(message.groups) or message.report_type == "delivery-status"
    signs = by_daemon + by_subject + by_text + with_report
    return signs >= 2 or (signs == 1 and bool(scanned(raw)))


def _is_auto_reply(message: ReturnedMessage) -> bool:
    headers = message.headers
    return (
        headers.get("auto-submitted", "no").lower() not in ("no", "")
        or "x-autoreply" in headers
        or "x-autorespond" in headers
        or headers.get("precedence", "").lower() == "auto_reply"
        or bool(AUTO_SUBJECT.search(headers.get("subject", "")))
    )


def _bounce_verdict(message: ReturnedMessage, recipient: str) -> BounceVerdict:
    group = _group_of(message, recipient)
    diagnostic = group.get("diagnostic-code", "").partition(";")[2].strip()
    about = _about(message.notice, recipient)
    status = (
        _first(ENHANCED, diagnostic)  # the remote server's own, worth more than
        or _first(ENHANCED, group.get("status", ""))  # what the reporter made of it
        or _first(ENHANCED, about)
        or _first(ENHANCED, message.notice)
    )
    smtp_code = (
        _first(REPLY, diagnostic)
        or _first(REPLY, about)
        or _first(REPLY, message.notice)
    )
    delayed = _is_delayed(group, message.notice)
    subject = message.headers.get("subject", "")
    reason = _reason((diagnostic, about, message.notice, subject), status, smtp_code)
    return BounceVerdict(
        kind=MailKind.BOUNCE,
        bounce_class=class_of(reason, temporary=delayed or status.startswith("4")),
        reason=reason,
        status=status,
        smtp_code=smtp_code,
        diagnostic=" ".join((diagnostic or about or message.notice).split())[:500],
        recipient=recipient,
        original_message_id=message.original_message_id,
        delayed=delayed,
    )


def _is_delayed(group: dict[str, str], notice: str) -> bool:
    action = group.get("action", "").lower()
    return action == "delayed" if action else bool(DELAY_TEXT.search(notice))


def _reason(texts: tuple[str, ...], status: str, smtp_code: str) -> str:
    """Ask the texts, the one closest to the remote server first, then the codes."""
    for text in texts:
        reason = reason_from_text(_words(text))
        if reason:
            return reason
    return reason_from_code(status, smtp_code) or "other"


def _words(text: str) -> str:
    """The text without what people chose: addresses and the subject of their mail."""
    without_subject = re.sub(r"(?im)^\s*subject:.*$", "", text)
    return " ".join(ADDRESS.sub("(x)", without_subject).split())


def _about(notice: str, recipient: str) -> str:
    """The lines about that recipient, up to those about another one."""
    lines = notice.splitlines()
    kept: list[str] = []
    for number, line in enumerate(lines):
        if not recipient or recipient not in line.lower():
            continue
        kept.append(line)
        for following in lines[number + 1 : number + 8]:
            other = ADDRESS.search(following)
            if other and other[0].lower() != recipient:
                break
            kept.append(following)
    return "\n".join(kept)


def _group_of(message: ReturnedMessage, recipient: str) -> dict[str, str]:
    """The report's block about that recipient, or its first one about any."""
    blocks = [
        group
        for group in message.groups
        if {"final-recipient", "original-recipient", "action"} & group.keys()
    ]
    for group in blocks:
        if recipient and recipient in " ".join(group.values()).lower():
            return group
    return blocks[0] if blocks else {}


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""
