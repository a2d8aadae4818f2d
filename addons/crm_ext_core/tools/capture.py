"""What a capture form accepts: its values, its origin, where the visitor came from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from . import normalise
from .normalise_text import clean_lines, clean_text

MAX_LINE = 200  # characters of a one-line value
MAX_TEXT = 5000  # of a message
MAX_URL = 2000
UTM = ("utm_source", "utm_medium", "utm_campaign")
_ROBOT = re.compile(
    r"(no|do[-_.]?not|ne[-_.]?pas)[-_.]?(reply|repondre|respond)|wordpress|notifications?"
    r"|mailer|mailer[-_.]daemon|robot|bounces?"
)
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


class CaptureError(ValueError):
    """A post that is refused; `faults` maps the key of a field to what is wrong."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        """Keep the faults, which the model words."""
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a form.

    `kind` is line, text, email, phone, choice, check or file; `choices` are the texts
    that a choice offers.
    """

    key: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()


def read_values(
    specs: Iterable[FieldSpec], posted: Mapping[str, object], region: str = "FR"
) -> dict[str, str]:
    """Give the clean text of each field that was filled in.

    :param posted: what came, by key; keys that the form does not have are ignored
    :param region: country whose phone numbers come without prefix
    :raises CaptureError: required, too_long, not_email, not_phone, not_choice
    """
    values, faults = {}, {}
    for spec in specs:
        if spec.kind == "file":
            continue
        try:
            value = _read(spec, posted.get(spec.key), region)
        except normalise.ValueFault as fault:
            faults[spec.key] = fault.code
            continue
        if value:
            values[spec.key] = value
        elif spec.required:
            faults[spec.key] = "required"
    if faults:
        raise CaptureError(faults)
    return values


def _read(spec: FieldSpec, cell: object, region: str) -> str:
    if spec.kind == "check":
        return "1" if str(cell or "").lower() in ("1", "true", "on", "yes") else ""
    text = clean_lines(cell) if spec.kind == "text" else clean_text(cell)
    if not text:
        return ""
    if len(text) > (MAX_TEXT if spec.kind == "text" else MAX_LINE):
        raise normalise.ValueFault("too_long")
    if spec.kind == "email":
        return normalise.email(text)
    if spec.kind == "phone":
        return normalise.phone(text, region)
    if spec.kind == "choice" and text not in spec.choices:
        raise normalise.ValueFault("not_choice")
    return text


def read_origins(text: str) -> tuple[str, ...]:
    """Give the origins that a list of lines allows, such as https://www.example.com.

    >>> read_origins(" https://Shop.example/ \\n")
    ('https://shop.example',)

    :raises CaptureError: with the line that is no origin as key
    """
    origins = [
        line.strip().lower().rstrip("/") for line in text.splitlines() if line.strip()
    ]
    wrong = {line: "not_origin" for line in origins if not _ORIGIN.fullmatch(line)}
    if wrong:
        raise CaptureError(wrong)
    return tuple(dict.fromkeys(origins))


def origin_of(url: str) -> str:
    """Give scheme, host and port of an address; empty when it has none.

    >>> origin_of("https://Shop.example/page?x=1")
    'https://shop.example'
    """
    try:
        parts = urlsplit(url[:MAX_URL])
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def read_utm(landing: str) -> dict[str, str]:
    """Give the utm_* parameters that a landing page's address carries.

    >>> read_utm("https://shop.example/?utm_source=Salon&utm_medium=")
    {'utm_source': 'Salon'}
    """
    try:
        found = parse_qs(urlsplit(landing[:MAX_URL]).query)
    except ValueError:
        return {}
    values = {name: clean_text(found.get(name, [""])[0])[:MAX_LINE] for name in UTM}
    return {name: value for name, value in values.items() if value}


def is_robot(address: str) -> bool:
    """Tell whether many persons' mails leave from this address, such as a website's.

    >>> is_robot("Our website <no-reply@shop.example>"), is_robot("Noreen@shop.example")
    (True, False)
    """
    local = address.rpartition("<")[2].partition("@")[0].partition("+")[0]
    return bool(_ROBOT.fullmatch(local.strip().lower()))
