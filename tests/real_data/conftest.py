import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("REAL_DATA_DIR", "")


def pytest_collection_modifyitems(items):
    for item in items:
        if "real_data" in item.keywords and not FOLDER:
            item.add_marker(pytest.mark.skip(reason="Set REAL_DATA_DIR to the folder of published files."))


@pytest.fixture
def folder():
    return Path(FOLDER)
