import pytest
from tests import factories as make

pytestmark = pytest.mark.urls("tests.ui.urls")


def test_x(client, authority):
    for _ in range(120):
        make.SchoolFactory(authority=authority, name="Anne")
    client.get("/schools?phase=primary&q=anne")
