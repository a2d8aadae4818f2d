import io
import unittest

from pypdf import PdfReader

from odoo.addons.crm_ext_subscriptions.tools.price_letter import (
    Letter,
    PriceTable,
    render,
)

PRICE = PriceTable(
    "Maintenance applicative",
    (("Ancien prix", "500,00 EUR"), ("S0", "SYNTEC 02/2014 : 245,6")),
    "500 × 246.8 / 245.6 = 502.442996742 = 502.44",
    ("Étape", "Chiffre exact", "Arrondi", "Retenu"),
    (("Rapport S1/S0", "1,004885993485342", "aucun", "1,004885993485342"),),
)
LETTER = Letter(
    ("Ateliers & Fils", "1 rue de la Paix"),
    ("Client <SARL>",),
    "Rennes, le 2 janvier 2015",
    "Révision de prix au 1er février 2015",
    ("Madame, Monsieur,",),
    (PRICE,),
    ("Nous vous prions d'agréer nos salutations.",),
)


class TestPriceLetter(unittest.TestCase):
    def test_every_word_is_on_the_page(self):
        reader = PdfReader(io.BytesIO(render((LETTER, LETTER))))
        self.assertEqual(len(reader.pages), 2)
        text = " ".join(reader.pages[0].extract_text().split())
        for words in (
            "Ateliers & Fils",
            "Client <SARL>",
            "Révision de prix",
            "500 × 246.8 / 245.6 = 502.442996742 = 502.44",
            "Étape",
            "salutations",
        ):
            self.assertIn(words, text)

    def test_the_same_words_make_the_same_file(self):
        self.assertEqual(render((LETTER,)), render((LETTER,)))
