"""What spellings of a mail, a phone, a number, a word or a street have in common."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from . import normalise
from .normalise_text import company_key, name_key, unaccent

# addresses that everybody may have say nothing of a company
FREE_DOMAINS = frozenset(
    """
    gmail.com googlemail.com hotmail.com hotmail.fr hotmail.be hotmail.it hotmail.es
    hotmail.de hotmail.co.uk outlook.com outlook.fr outlook.be outlook.es outlook.de
    live.com live.fr live.be live.nl live.it live.co.uk msn.com windowslive.com
    yahoo.com yahoo.fr yahoo.be yahoo.es yahoo.it yahoo.de yahoo.co.uk ymail.com
    rocketmail.com icloud.com me.com mac.com aol.com aol.fr aim.com
    orange.fr wanadoo.fr free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr
    club-internet.fr cegetel.net aliceadsl.fr alice.fr voila.fr netcourrier.com
    noos.fr 9online.fr gmx.fr gmx.com gmx.net gmx.de web.de t-online.de
    protonmail.com protonmail.ch proton.me pm.me tutanota.com posteo.de mailo.com
    skynet.be telenet.be scarlet.be proximus.be bluewin.ch libero.it virgilio.it
    mail.com zoho.com yandex.com yandex.ru mail.ru qq.com 163.com
    yopmail.com mailinator.com comcast.net verizon.net att.net sbcglobal.net
    """.split()
)
_SOUNDS = (
    ("ph", "f"),
    ("qu", "k"),
    ("ch", "s"),
    ("eau", "o"),
    ("au", "o"),
    ("ck", "k"),
    ("c", "k"),
    ("q", "k"),
    ("z", "s"),
    ("x", "s"),
    ("y", "i"),
    ("w", "v"),
    ("h", ""),
)


def mail_of(text: str) -> str:
    """A mail address, or nothing when the text is none."""
    try:
        return normalise.email(text) if text else ""
    except normalise.ValueFault:
        return ""


def phone_of(text: str, region: str) -> str:
    """A phone number in E.164; else its digits, when it has enough to mean something.

    >>> phone_of("02 99 00 00 00", "FR"), phone_of("226-26", "FR"), phone_of("", "FR")
    ('+33299000000', '', '')
    """
    if re.fullmatch(r"\+[0-9]{8,15}", text):
        return text
    try:
        return normalise.phone(text, region) if text else ""
    except normalise.ValueFault:
        digits = re.sub(r"\D", "", text)
        return digits if len(digits) >= 6 else ""


def registry_of(registry: str, vat: str = "") -> str:
    """A SIRET or SIREN; a French VAT number holds the SIREN too.

    >>> registry_of("", "FR 03 356 000 000")
    '356000000'
    """
    for text in (registry, re.sub(r"(?i)^\s*fr\s*\w\w", "", vat)):
        try:
            if text:
                return normalise.siret(text)
        except normalise.ValueFault:
            continue
    return ""


def domain_of(mail: str, website: str = "") -> str:
    """The domain of a company: of its website, else of the mail, unless it is free.

    >>> domain_of("a@gmail.com"), domain_of("", "https://www.vinouze.example/fr")
    ('', 'vinouze.example')
    """
    if website:
        try:
            host = urlsplit(website if "//" in website else f"//{website}").hostname
        except ValueError:
            host = ""
        domain = (host or "").removeprefix("www.")
        if "." in domain and " " not in domain:
            return domain
    domain = mail.partition("@")[2]
    return "" if domain in FREE_DOMAINS else domain


def sorted_name(name: str) -> str:
    """The words of a person's name in order, so that first and last name may swap.

    >>> sorted_name("DUPONT, Zoé") == sorted_name("Zoe Dupont")
    True
    """
    return " ".join(sorted(name_key(name).split()))


def company_of(name: str) -> str:
    """A company's name without legal form."""
    return company_key(name)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How a word sounds, roughly: consonants without doubles, after the first letter.

    >>> sound("philippe") == sound("filipe"), sound("vinouze") == sound("vinouse")
    (True, True)
    """
    text = unaccent(word)
    for spelling, heard in _SOUNDS:
        text = text.replace(spelling, heard)
    text = re.sub(r"(.)\1+", r"\1", text)
    return (text[:1] + re.sub(r"[aeiou ]", "", text[1:]))[:8]


def address_key(street: str) -> str:
    """The first number of a street with the sound of its longest word.

    >>> address_key("12 rue des vignes") == address_key("12, r. des vignes")
    True
    """
    words = name_key(street).split()
    number = next((word for word in words if word.isdigit()), "")
    names = [word for word in words if not word.isdigit()]
    if not number or not names:
        return ""
    return f"{number}:{sound(max(names, key=len))}"
