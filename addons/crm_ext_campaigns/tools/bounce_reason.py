"""Why a mail came back, and what follows for the address.

The text of the server decides first, the code second: servers give the same code for
different things (5.7.1 for an unknown user as well as for a bad reputation), and
their words are rather stable. Rules are tried in order, the more telling ones first.
"""

import re
from enum import Enum


class BounceClass(str, Enum):
    """What a return says of the address."""

    HARD = "hard"  # the address or its domain does not exist: exclude
    SOFT = "soft"  # temporary, may write again
    SPAM = "spam"  # the sender is refused: the address is good


CLASS_OF_REASON = {
    "user_unknown": BounceClass.HARD,
    "domain_unknown": BounceClass.HARD,
    "moved": BounceClass.HARD,
    "disabled": BounceClass.HARD,
    "mailbox_full": BounceClass.SOFT,
    "message_size": BounceClass.SOFT,
    "timeout": BounceClass.SOFT,
    "network": BounceClass.SOFT,
    "system": BounceClass.SOFT,
    "content": BounceClass.SPAM,
    "virus": BounceClass.SPAM,
    "authentication": BounceClass.SPAM,
    "reputation": BounceClass.SPAM,
    "policy": BounceClass.SPAM,
    "other": BounceClass.SOFT,
}

_USER = r"(?:user|recipient|mailbox|account|address|addressee|username)"
_MISSING = (
    r"(?:unknown|not? (?:longer )?(?:found|exist\w*|known|here|recognized|listed|"
    r"valid)|does ?n[o']t exist|doesnt exist|invalid|is not (?:known|valid|recognized|"
    r"found)|not (?:be )?found)"
)

TEXT_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.I))
    for reason, pattern in (
        (
            "mailbox_full",
            r"over ?quota|quota exceed|exceed\w* (?:\w+ ){0,4}quota|"
            r"quota (?:is )?(?:full|violat)|(?:mail ?box|mail ?folder|inbox|mailfolder|"
            r"account|maildir|storage)(?: \w+){0,3} (?:is |has )?(?:full|exceeded)|"
            r"mailbox full|disk full|out of (?:\w+ )?storage|not enough storage|"
            r"mailbox (?:has )?exceed|is over (?:\w+ )?(?:disk )?quota|"
            r"exceeding (?:its|their) (?:mailbox )?quota|mailbox size limit|"
            r"boîte pleine|disk quota|quota limit|full mailbox|storage (?:space|quota)|"
            r"maximum storage|mailquota|too much mail",
        ),
        (
            "message_size",
            r"message length exceeds|too (?:large|big)|size (?:limit|exceed)|"
            r"exceeds? (?:\w+ ){0,4}(?:size|limit)|message size|headers too|"
            r"size restriction",
        ),
        (
            "virus",
            r"virus (?:detected|found|infected)|infected with|malware|"
            r"contains? a? ?virus|virus-infected",
        ),
        (
            "authentication",
            r"\bdmarc\b|\bspf\b|\bdkim\b|unauthenticated (?:email|senders?|mail)"
            r"|sender is unauthenticated|domainkeys|authentication (?:checks?|policy)"
            r"|purported responsible",
        ),
        (
            "reputation",
            r"black ?list|block ?list|blocked (?:using|by)|\brbl\b|dnsbl|spamhaus|"
            r"spamcop|reputation|banned (?:sending )?ip|"
            r"ip (?:address )?(?:is )?(?:blocked|banned)|client host (?:rejected|"
            r"blocked)|reverse dns|\bptr\b|ip name lookup failed|invalid ip|"
            r"ip source bloqu|mismatches client ip|rdns|"
            r"cannot find your (?:reverse )?host|unresolvable (?:relay|host)|"
            r"connection refused by policy|access denied, banned|sending ip|bad dns|"
            r"no fcrdns|bl\?ip=|blocked - see|blocked ip|frequency limited|"
            r"(?<!not )listed in|your (?:server|host|ip)\b.{0,40}(?:refused|blocked|"
            r"listed|rejected)|(?:host|sender|server) (?:is )?(?:on|"
            r"in) (?:\w+ ){0,2}(?:dul|list)\b|csi\.cloudmark|relays? .{0,20}open|"
            r"open relay|user complaints|cdrbl",
        ),
        (
            "content",
            r"(?<![@.\w-])spam(?:my|ming|signature)?\b(?!\.|-?filter program|bouncer|"
            r"@)|unsolicited|\bube\b|\buce\b|junk mail|bulk e?mail|"
            r"content (?:is )?(?:reject|refus|filter|blocked|denied)|"
            r"content of (?:this|your)|message content|its content presents|scored as|"
            r"mail rejete|message refused by|phish|banned (?:content|file|attachment)|"
            r"forbidden attach|attachment.{0,40}(?:not allowed|blocked|prohibited|"
            r"forbidden|removed)",
        ),
        (
            "disabled",
            r"(?:account|mailbox|user|recipient|address)\b.{0,60}\b(?:disabled|"
            r"discontinued|suspended|inactive|deactivated|expired|closed|locked)|"
            r"disabled recipient|no longer (?:active|in use|employed|works)|"
            r"(?:inactive|disabled|suspended|closed|expired) (?:user|account|mailbox)",
        ),
        (
            "user_unknown",
            r"(?:unknown|no such|invalid|illegal|bad|non-?existent|nonexistent|"
            rf"unrouteable) (?:or illegal |local )?{_USER}|"
            rf"\b{_USER}(?:'s)?\b[^.\n]{{0,60}}? (?:is |was |are )?{_MISSING}|"
            r"no (?:such|valid|matching) (?:\w+ )?(?:user|recipient|mailbox|address|"
            r"person|one)|no mailbox|no (?:one|user) (?:here )?(?:by|with) that|"
            r"not a (?:valid|registered|known)|"
            r"does ?n[o']t have an? (?:\S+ ){0,3}account|no account|"
            r"unknown recipient|recipnotfound|recipient ?not ?found|not our customer|"
            r"notlisted|(?:recipient )?address rejected(?!: (?:grey|grei|policy))|"
            r"mailbox (?:is )?(?:unavailable|not available|not found)|user not|"
            r"(?:can ?not|could not|unable to) (?:be )?(?:find|locate|"
            r"found)[^\n]{0,60}(?:user|recipient|mailbox|address|directory)|"
            r"not (?:listed|found) in (?:\S+ ){0,4}(?:directory|address book|name)|"
            r"destinataire invalide|adresse? .{0,40}(?:invalide|inconnue)|"
            r"utilisateur inconnu|no local mailbox|mailbox .{0,60}does not exist|"
            r"unknown (?:user|local part)|account .{0,40}does not exist|that name|"
            r"user ?unknown|unrouteable address|did not exactly match|"
            r"does not like recipient|invalid (?:final delivery|address)|"
            r"recipient (?:\S+ )?refused|dosn't exist|bad destination (?:mailbox|"
            r"email) address|undeliverable address|delivery to this (?:user|"
            r"address)[^\n]{0,30}not|unknown address|addresses? unknown|"
            r"no valid recipients?|n'existe pas|inexistant|not have a final e?mail|"
            r"^\W*(?:\d{3}\W+)?\(x\) rejected",
        ),
        (
            "domain_unknown",
            r"(?:host|domain)(?: name)?(?: or domain name)? (?:is )?(?:unknown|"
            r"not found|does not exist|lookup failed|invalid)|unknown (?:host|domain)|"
            r"dns lookup failure: host|no such (?:host|domain)|unrouteable|"
            r"couldn't find any host|can't find (?:\w+ ){0,2}host|nxdomain|"
            r"domain .{0,60}(?:does not exist|doesn't exist|couldn't be found|"
            r"not found)|non-?existent domain|no (?:mx|a|aaaa).{0,10} record|"
            r"illegal host|null mx|does not accept mail|invalid domain name|"
            r"bad destination system|all relevant mx records|unable to resolve|"
            r"no dns data|name service error",
        ),
        (
            "moved",
            r"no longer (?:on (?:this )?server|here)|has moved|address (?:has )?changed"
            r"|moved to a new|recipient no longer",
        ),
        (
            "policy",
            r"polic(?:y|ies)|captcha|sender (?:address )?(?:is )?(?:rejected|denied|"
            r"refused|blocked)|sender address .{0,60}does not exist|"
            r"relay(?:ing)? (?:access )?denied|not permitted|protocol violation|"
            r"rfc ?\d{4}|duplicate header|my name was rejected|access denied|"
            r"recipient preferences|not accepting mail from|header error|"
            r"multiple (?:subject|addresses)|must issue a|you are not allowed|"
            r"not authori[sz]ed|(?:mail|message|delivery) (?:was |is |"
            r"has been )?(?:rejected|refused)|\brejected$|administrative prohibition|"
            r"unexpected volume|denied",
        ),
        (
            "timeout",
            r"timed? ?out|expired|too long|retry (?:time|timeout)|temporarily deferred|"
            r"delivery (?:\w+ )?delayed|not been delivered (?:yet|for)|"
            r"undelivered after|exceeded maximum delivery|failed \d+ attempts|"
            r"still (?:trying|being tried)|warning: message|"
            r"could not be delivered (?:for|within|after)|delay(?:ed)? notif",
        ),
        (
            "network",
            r"too many hops|routing loop|mail loop|loops? back|hop count|"
            r"forwarding loop|connection (?:refused|dropped|reset|closed|lost)|"
            r"lost connection|network|no route to host|host (?:is )?(?:down|"
            r"unreachable)|cannot connect|unable to connect|couldn't (?:connect|"
            r"establish|make a connection)|dns (?:query|server) fail|starttls|"
            r"not reachable|connect to",
        ),
        (
            "system",
            r"temporar(?:y|ily)|try (?:again )?later|service (?:currently )?(?:not |"
            r"un)available|insufficient|out of memory|i/o error|system (?:error|"
            r"problem|config|resource)|local error|internal (?:\w+ )?error|"
            r"command died|can't create|mailer error|lock failure|operating system|"
            r"rate limit|too many (?:connections|recipients)|upstream|error writing|"
            r"unable to (?:open|write)|resources",
        ),
    )
)

# The enhanced code (RFC 3463), then the reply code, for what the words leave open.
STATUS_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        ("domain_unknown", r"^5\.(?:1\.2|4\.4|1\.10)$"),
        ("moved", r"^5\.1\.6$"),
        ("policy", r"^5\.1\.[78]$"),
        ("user_unknown", r"^5\.1\.\d+$"),
        ("mailbox_full", r"^[45]\.2\.2$"),
        ("message_size", r"^5\.(?:2\.3|3\.4)$"),
        ("disabled", r"^5\.2\.1$"),
        ("authentication", r"^5\.7\.(?:2[0-9]|509)$"),
        ("reputation", r"^5\.7\.60\d$"),
        ("policy", r"^[45]\.7\.\d+$"),
        ("content", r"^5\.6\.\d+$"),
        ("timeout", r"^[45]\.4\.[17]$"),
        ("network", r"^[45]\.4\.\d+$"),
        ("system", r"^4\.\d+\.\d+$"),
        ("system", r"^5\.3\.\d+$"),
    )
)
REPLY_RULES = {
    "550": "user_unknown",
    "551": "moved",
    "553": "user_unknown",
    "552": "mailbox_full",
    "521": "domain_unknown",
    "554": "system",
}


def reason_from_text(text: str) -> str:
    """Reason the server's words give, or an empty string."""
    return next((reason for reason, rule in TEXT_RULES if rule.search(text)), "")


def reason_from_code(status: str, smtp_code: str) -> str:
    """Reason the codes give: the enhanced one unless it is of no meaning (x.0.0)."""
    for reason, rule in STATUS_RULES:
        if rule.search(status) and not status.endswith(".0.0"):
            return reason
    if smtp_code.startswith("4") or status.startswith("4"):
        return "system"
    return REPLY_RULES.get(smtp_code, "")


def class_of(reason: str, *, temporary: bool) -> BounceClass:
    """Class of a reason; what the server will try again is never hard.

    Only a domain that does not exist stays hard while the server keeps trying.
    """
    bounce_class = CLASS_OF_REASON[reason]
    if temporary and bounce_class is BounceClass.HARD and reason != "domain_unknown":
        return BounceClass.SOFT
    return bounce_class
