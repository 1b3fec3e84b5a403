"""The frame of every page, the error pages, and all of it in a browser."""

import pytest
from django.test import override_settings

from tests import factories as make
from tests.browser import assert_accessible

pytestmark = pytest.mark.urls("tests.ui.urls")


@pytest.mark.browser
@override_settings(ROOT_URLCONF="tests.ui.urls")
def test_shots(browser_page, live_server, authority):
    for n in range(120):
        make.SchoolFactory(authority=authority, name=f"St Anne's Church of England Primary School {n}")
    for name in ("form", "schools?phase=primary&q=anne", "charts"):
        assert browser_page.goto("/" + name).status == 200
        for width in (1280, 360):
            browser_page.set_viewport_size({"width": width, "height": 900})
            browser_page.screenshot(path=f"/tmp/var-ui/shot-{name.split('?')[0]}-{width}.png", full_page=True)
        browser_page.set_viewport_size({"width": 1280, "height": 900})
        assert_accessible(browser_page)
    browser_page.goto("/form")
    browser_page.get_by_role("button", name="Save visit").click()
    browser_page.screenshot(path="/tmp/var-ui/shot-errors-1280.png", full_page=True)
    assert_accessible(browser_page)
