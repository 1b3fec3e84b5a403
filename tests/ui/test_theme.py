import re

import pytest
from django.template import Context, Template

from ui import theme

pytestmark = pytest.mark.urls("tests.ui.urls")


@pytest.mark.parametrize(
    ("colour", "text", "accent"),
    [
        ("000000", "#ffffff", "#000000"),
        ("1d70b8", "#ffffff", "#1d70b8"),
        ("ffdd00", "#0b0c0c", "#0b0c0c"),
        ("ffffff", "#0b0c0c", "#0b0c0c"),
        ("777777", "#ffffff", "#777777"),
    ],
)
def test_text_on_an_authoritys_colour_can_be_read_whatever_the_colour(colour, text, accent):
    sheet = theme.stylesheet(colour)
    assert re.findall(r"#\w{6}", sheet) == [f"#{colour}", text, accent]
    assert theme._contrast(colour, text.removeprefix("#")) >= 4.4


def test_the_colour_is_served_from_its_own_address_for_ever(client):
    response = client.get("/theme/1d70b8.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert "--app-authority-colour: #1d70b8;" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/theme/red.css", "/theme/1d70b.css", "/theme/1D70B8.css", "/theme/1d70b8%7D.css"]
)
def test_only_a_colour_is_a_theme(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("colour", "address"),
    [
        ("#1D70B8", "/theme/1d70b8.css"),
        ("1d70b8 ", "/theme/1d70b8.css"),
        ("red", ""),
        ('#fff"><script>', ""),
        ("", ""),
    ],
)
def test_a_page_links_to_a_colour_only(colour, address):
    assert Template("{% theme_url colour %}").render(Context({"colour": colour})) == address
