"""Bring each addon's fr.po up to date with its template and list what is missing.

Run by the virtual environment's Python (it needs polib): translations.py PROJECT_FOLDER
"""

import re
import sys
from collections import Counter
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdfr]|\{\{.*?\}\}|\$\{.*?\}", re.DOTALL)
HEADER = {
    "Project-Id-Version": "CRM Extension for Odoo 19.0",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
FRENCH = {"Language": "fr", "Plural-Forms": "nplurals=2; plural=(n > 1);"}


def placeholders(text: str) -> Counter[str]:
    """Count the places of a text that the program fills."""
    return Counter(PLACEHOLDER.findall(text))


def problems(template: polib.POFile, french: polib.POFile) -> list[str]:
    """Name every string of the template that has no sound French."""
    entries = {entry.msgid: entry for entry in french if not entry.obsolete}
    found = []
    for msgid in (entry.msgid for entry in template):
        entry = entries.get(msgid)
        if entry is None or not entry.msgstr:
            found.append(f"not translated: {msgid!r}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {msgid!r}")
        elif placeholders(msgid) != placeholders(entry.msgstr):
            found.append(f"placeholders differ: {msgid!r} -> {entry.msgstr!r}")
    return found


def merge(template: polib.POFile, french: polib.POFile) -> None:
    """Take over the template's strings; what it no longer has becomes obsolete."""
    french.merge(template)
    order = {entry.msgid: position for position, entry in enumerate(template)}
    french.sort(key=lambda entry: (order.get(entry.msgid, len(order)), entry.msgid))
    french.metadata = {**HEADER, **FRENCH}


def save(catalogue: polib.POFile, path: Path) -> None:
    """Write without dates, so that a second run changes nothing."""
    catalogue.header = ""
    path.write_text(f"{catalogue}\n".rstrip("\n") + "\n", encoding="utf-8")


def update(addon: Path) -> list[str]:
    """Rewrite one addon's two files and return its problems."""
    template_path = addon / "i18n" / f"{addon.name}.pot"
    french_path = addon / "i18n/fr.po"
    template = polib.pofile(str(template_path), wrapwidth=78)
    template.metadata = dict(HEADER)
    french = (
        polib.pofile(str(french_path), wrapwidth=78)
        if french_path.exists()
        else polib.POFile(wrapwidth=78)
    )
    merge(template, french)
    save(template, template_path)
    save(french, french_path)
    return [f"{addon.name}: {problem}" for problem in problems(template, french)]


def main(root: Path) -> int:
    """Update every addon that has a template and print the problems."""
    found = []
    for template in sorted(root.glob("addons/*/i18n/*.pot")):
        found += update(template.parent.parent)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
