"""What Ofsted said of a school is never recorded for the academy that followed it, even by a file that says no more."""

import pytest

from schools.choices import SchoolType
from schools.models import Inspection
from tests import factories as make
from tests.schools.importing import made
from tests.schools.importing.made import figures, import_files, preview

pytestmark = pytest.mark.django_db

OFSTED = "ofsted.csv"
# An older layout: nothing says which school was inspected
HEADER = [column for column in made.OFSTED_HEADER if not column.startswith("URN at time")]
ACADEMY = {"TypeOfEstablishment (code)": "28", "OpenDate": "01-09-2019"}


@pytest.mark.requirement("K-031")
def test_a_category_of_the_school_before_does_not_pass_to_a_sponsor_led_academy(authority):
    files = {"gias_20230705.csv": made.gias(ACADEMY), OFSTED: made.ofsted(header=HEADER)}
    _, tallies = preview(files, authority)
    row = import_files(files, authority)[OFSTED]
    assert [(i.started_on.year, i.category) for i in Inspection.objects.all()] == [(2023, "")]
    assert figures(row) == tuple(tallies[1].figures().values()) == (1, 0, 0, 1)
    [problem] = row.problems
    assert problem["message"].startswith("this academy opened on 1 September 2019, after that inspection")
    assert figures(import_files(files, authority)[OFSTED]) == (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("kind", "opened_on"),
    [(SchoolType.ACADEMY_SPONSOR_LED, None), (SchoolType.FOUNDATION, "2019-09-01")],
)
def test_a_school_whose_number_is_its_own_keeps_all_its_inspections(authority, kind, opened_on):
    make.SchoolFactory(urn=100001, authority=authority, type=kind, opened_on=opened_on)
    import_files({OFSTED: made.ofsted(header=HEADER)}, authority)
    assert sorted(i.started_on.year for i in Inspection.objects.all()) == [2018, 2023]
