"""The labelled returned mails: the real ones where they are, else our small samples.

Pure Python, because the classifier is also measured where Odoo is absent.
"""

import csv
from pathlib import Path

HERE = Path(__file__).resolve()
REAL = HERE.parents[4] / "shared" / "data" / "bounces"
FOLDER = REAL if REAL.exists() else HERE.parent / "samples" / "bounces"


def load_bounce_set(folder=FOLDER):
    """[(raw mail, its label rows)], one a mail; a mail may name several recipients."""
    by_file = {}
    with open(folder / "labels.csv", encoding="utf-8", newline="") as labels:
        for row in csv.DictReader(labels):
            by_file.setdefault(row["file"], []).append(row)
    return [
        ((folder / "mails" / name).read_bytes(), rows)
        for name, rows in by_file.items()
        if (folder / "mails" / name).exists()
    ]
