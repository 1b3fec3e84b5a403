"""White text must be readable on an authority's colour."""

import pytest

from schools.rules.colours import contrast_with_white, problem_with


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#ffffff", 1), ("#000000", 21), ("#767676", 4.54), ("#777777", 4.48)]
)
def test_contrast_is_wcags(colour, ratio):
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("colour", ["#1d70b8", "#1D70B8", "#767676", "#000000"])
def test_a_colour_white_can_be_read_on_has_no_problem(colour):
    assert problem_with(colour) == ""


def test_the_shade_before_readable_is_refused_and_never_rounded_up_to_enough():
    assert problem_with("#777777") == (
        "White text on #777777 has a contrast of 4.4 to 1. It needs at least 4.5 to 1 to be readable. Choose a darker "
        "colour."
    )


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#1234567", "1d70b8", "#gggggg"])
def test_what_is_no_colour_is_refused_in_words(colour):
    assert problem_with(colour).startswith("Enter the colour as # and six letters or numbers")
