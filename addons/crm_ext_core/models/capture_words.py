"""Words that a capture form starts with, in every installed language."""


def write_in_each_language(records, name, get_word):
    """Give the default text of a field in each language, to those that kept it.

    Whoever makes a form in French gets English words as well: a visitor reads his own.

    :param name: a translated field
    :param get_word: gives the default for (record in one language)
    """
    codes = [code for code, _label in records.env["res.lang"].get_installed()]
    for record in records:
        if record[name] and record[name] == get_word(record):
            words = {code: get_word(record.with_context(lang=code)) for code in codes}
            record.update_field_translations(name, words)
