"""From a dirty cell to a value: mail, phone, amount, date, SIRET, postcode.

Every function takes a cell (text, or what a workbook stores) and returns a value, or
raises ValueFault with the code of what is wrong. Empty cells are the caller's business.
"""

import datetime
import re
from decimal import Decimal

import phonenumbers

from .normalise_text import clean_text, unaccent


class ValueFault(ValueError):
    """A cell that is not what its column promises; `code` says in what way."""

    def __init__(self, code: str) -> None:
        """Keep the code, which models translate into the user's words."""
        super().__init__(code)
        self.code = code


_EMAIL = re.compile(
    r"[^\s@,;:<>()\[\]\"\\]+@(?!-)[^\s@,;:<>()\[\]\"\\/.]+(?:\.[^\s@,;:<>()\[\]\"\\/.]+)*"
    r"\.[^\W\d_]{2,}"
)
_AMOUNT = re.compile(
    r"(?P<before>€|\$|£|eur)?\s*(?P<sign>[+-]?)\s*(?P<number>\d[\d\s.,'’]*?)\s*"
    r"(?P<scale>[km])?\s*(?P<after>€|\$|£|eur|euros?)?\s*(?:ht|ttc)?",
    re.IGNORECASE,
)
_SCALES = {"k": Decimal(1000), "m": Decimal(1_000_000)}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout aou august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_EXCEL_EPOCH = datetime.date(1899, 12, 30)
_EXCEL_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_TIME = r"(?:[t\s,]+\d{1,2}[:h].*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){_TIME}")
_DAY_MONTH_NAME = re.compile(
    r"(?:[a-z]+[.,]?\s+)?(\d{1,2})(?:er|st|nd|rd|th)?[\s.-]+([a-z]+)\.?[\s,.-]+"
    r"(\d{4}|\d{2})"
)
_MONTH_NAME_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_LA_POSTE = "356000000"


def email(cell: object) -> str:
    """A mail address in lower case.

    >>> email(" mailto:ZOE.COEUR@Copro.example. ")
    'zoe.coeur@copro.example'
    """
    text = clean_text(cell).lower()
    named = re.fullmatch(r"[^<>]*<([^<>]+)>", text)
    text = (named[1] if named else text).removeprefix("mailto:")
    text = text.strip(" .,;:'’\"").split("?subject=")[0]
    local = text.partition("@")[0]
    if not _EMAIL.fullmatch(text) or ".." in text or local.endswith("."):
        raise ValueFault("not_email")
    return text


def phone(cell: object, region: str = "FR") -> str:
    """A phone number in E.164, read as dialled from `region`.

    >>> phone("’02.90.38.83.68"), phone("+33 (0)2 99 81 50 61")
    ('+33290388368', '+33299815061')
    """
    text = re.sub(r"^[^+\d(]+", "", clean_text(cell))
    first = re.split(r"\s*(?:/|;|,|\bou\b|\bor\b)\s*", text)[0]
    for candidate in (text, first):
        number = _parse_phone(candidate, region)
        if number:
            return number
    raise ValueFault("not_phone")


def _parse_phone(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    possible = phonenumbers.is_possible_number(number)
    # numbers kept for fiction are possible without being in service
    if not phonenumbers.is_valid_number(number) and (
        not possible or number.italian_leading_zero
    ):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def amount(cell: object) -> Decimal:
    """An amount, whichever of comma and dot its writer takes for decimals.

    A scale needs its currency: "12 k€" is an amount, "12k" may be anything.

    >>> amount("1.234,56"), amount("12,500.50"), amount("48 000 €"), amount("12 k€")
    (Decimal('1234.56'), Decimal('12500.50'), Decimal('48000'), Decimal('12000'))
    """
    if isinstance(cell, Decimal):
        return cell
    match = _AMOUNT.fullmatch(clean_text(cell).replace("\u2212", "-"))
    if not match or (match["scale"] and not (match["before"] or match["after"])):
        raise ValueFault("not_amount")
    value = _decimal(match["number"]) * _SCALES.get((match["scale"] or "").lower(), 1)
    return -value if match["sign"] == "-" else value


def _decimal(number: str) -> Decimal:
    """Tell grouping from decimals in a number made of digits and separators."""
    if re.search(r"[\s'’]", number):
        if not re.fullmatch(r"\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d+)?", number):
            raise ValueFault("not_amount")
        return Decimal(re.sub(r"[\s'’]", "", number).replace(",", "."))
    for group, point in ((".", ","), (",", ".")):
        grouped = rf"[1-9]\d{{0,2}}(?:\{group}\d{{3}})+(?:\{point}\d+)?"
        if re.fullmatch(grouped, number):
            return Decimal(number.replace(group, "").replace(point, "."))
    if not re.fullmatch(r"\d+(?:[.,]\d+)?", number):
        raise ValueFault("not_amount")
    return Decimal(number.replace(",", "."))


def date(cell: object) -> datetime.date:
    """A day, day first unless the year comes first, or a workbook's serial number.

    >>> date("12/10/26"), date("1er octobre 2026")
    (datetime.date(2026, 10, 12), datetime.date(2026, 10, 1))
    """
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    text = unaccent(clean_text(cell))
    serial = re.fullmatch(r"(\d{5})(?:[.,]\d+)?", text)
    if serial and int(serial[1]) in _EXCEL_SERIALS:
        return _EXCEL_EPOCH + datetime.timedelta(days=int(serial[1]))
    try:
        return datetime.date(*_year_month_day(text))
    except ValueError as error:
        raise ValueFault("not_date") from error


def _year_month_day(text: str) -> tuple[int, int, int]:
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST.fullmatch(text):
        return _full_year(match[3]), int(match[2]), int(match[1])
    if match := _DAY_MONTH_NAME.fullmatch(text):
        return _full_year(match[3]), _MONTHS.get(match[2], 0), int(match[1])
    if match := _MONTH_NAME_DAY.fullmatch(text):
        return int(match[3]), _MONTHS.get(match[1], 0), int(match[2])
    raise ValueFault("not_date")


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def siret(cell: object) -> str:
    """A SIRET (14 digits) or SIREN (9), with the zeros that a spreadsheet ate.

    >>> siret("973718000019"), siret("009 737 180")
    ('00973718000019', '009737180')
    """
    digits = re.sub(r"[\s.\-'’]", "", re.sub(r"\.0$", "", clean_text(cell)))
    if not re.fullmatch(r"[0-9]{6,14}", digits) or not digits.strip("0"):
        raise ValueFault("not_siret")
    digits = digits.zfill(9 if len(digits) <= 9 else 14)
    if not _has_check_digit(digits):
        raise ValueFault("check_digit")
    return digits


def _has_check_digit(digits: str) -> bool:
    if digits.startswith(_LA_POSTE) and len(digits) == 14:
        # the register's own exception: the plain sum is a multiple of five
        if sum(map(int, digits)) % 5 == 0:
            return True
    doubled = (
        int(char) * (2 if place % 2 else 1)
        for place, char in enumerate(reversed(digits))
    )
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def postcode(cell: object, region: str = "FR") -> str:
    """A postcode kept as text, with the zero that a spreadsheet ate in France.

    >>> postcode("1000"), postcode("F-35000"), postcode("1000", "BE")
    ('01000', '35000', '1000')
    """
    text = re.sub(r"\.0$", "", clean_text(cell)).upper()
    if region != "FR":
        return text
    match = re.fullmatch(r"(?:F(?:R)?\s*-?\s*)?(\d{2,3})\s?(\d{3})|(\d{4})", text)
    if not match:
        return text
    return (match[3] or match[1] + match[2]).zfill(5)
