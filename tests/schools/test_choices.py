"""The sector's lists against what the sector publishes."""

import csv
import os
from pathlib import Path

import pytest

from schools.choices import SchoolPhase, SchoolStatus, SchoolType


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("column", "choices"),
    [
        ("TypeOfEstablishment", SchoolType),
        ("EstablishmentStatus", SchoolStatus),
        ("PhaseOfEducation", SchoolPhase),
    ],
)
def test_codes_and_names_are_those_of_the_register(column, choices):
    folder = os.environ.get("REAL_DATA_DIR")
    if not folder:
        pytest.skip("REAL_DATA_DIR names no folder")
    path = Path(folder) / "leeds" / "as_published" / "edubase-leeds_20230705.csv"
    with path.open(encoding="cp1252", newline="") as file:
        published = {(int(row[f"{column} (code)"]), row[f"{column} (name)"]) for row in csv.DictReader(file)}

    assert published <= set(choices.choices)
