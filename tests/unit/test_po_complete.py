"""Every string of every addon stands in French."""

import importlib.util

import pytest
from project import ADDONS, ROOT

polib = pytest.importorskip("polib")


def _translations():
    path = ROOT / "config/host/translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


translations = _translations()


def catalogue(**texts):
    result = polib.POFile()
    result.extend(polib.POEntry(msgid=key, msgstr=text) for key, text in texts.items())
    return result


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_french_is_complete(addon):
    paths = addon / "i18n" / f"{addon.name}.pot", addon / "i18n/fr.po"
    assert all(path.is_file() for path in paths)
    template, french = (polib.pofile(str(path)) for path in paths)
    assert len(template)
    assert not translations.problems(template, french)


TEMPLATE = catalogue(**{"Queue": "", "%(n)s hours": ""})


def test_the_rule_sees_what_is_missing():
    assert len(translations.problems(TEMPLATE, catalogue(Queue=""))) == 2


def test_the_rule_sees_a_lost_placeholder():
    french = catalogue(**{"Queue": "File d'attente", "%(n)s hours": "%(x)s heures"})
    assert len(translations.problems(TEMPLATE, french)) == 1


def test_the_rule_sees_a_fuzzy_text():
    french = catalogue(**{"Queue": "File d'attente", "%(n)s hours": "%(n)s heures"})
    assert not translations.problems(TEMPLATE, french)
    french[0].flags.append("fuzzy")
    assert len(translations.problems(TEMPLATE, french)) == 1


def test_a_merge_keeps_french_and_drops_what_the_template_lost(tmp_path):
    french = catalogue(**{"Queue": "File d'attente", "Gone": "Parti"})
    translations.merge(TEMPLATE, french)
    assert french.find("Queue").msgstr == "File d'attente"
    assert [entry.msgid for entry in french.obsolete_entries()] == ["Gone"]
    paths = tmp_path / "first.po", tmp_path / "second.po"
    translations.save(french, paths[0])
    translations.merge(TEMPLATE, french)
    translations.save(french, paths[1])
    assert paths[0].read_text() == paths[1].read_text()
