import datetime as dt

import pytest

from tests.schools.importing import made


def parsed(content):
    found = made.plan("ofsted.csv", content)
    assert found.refusal == ""
    parser = found.inspections()
    return [facts for row in found.rows() for facts in parser.parse(row)], parser.problems


@pytest.mark.requirement("L-020", "K-012")
def test_the_2024_layout_tells_of_the_latest_and_the_previous_inspection():
    (latest, previous), problems = parsed(made.ofsted())
    assert problems == []
    assert (latest.urn, latest.framework, latest.kind, latest.number) == (
        100001,
        "EIF_2019",
        "graded",
        "10240001",
    )
    assert (latest.started_on, latest.ended_on, latest.published_on) == (
        dt.date(2023, 6, 14), dt.date(2023, 6, 15), dt.date(2023, 7, 12),
    )  # fmt: skip
    assert (latest.overall_grade, latest.category, latest.safeguarding_effective) == ("2", "", True)
    assert latest.grades == {
        "quality_of_education": "2", "behaviour_attitudes": "1", "personal_development": "2",
        "leadership_management": "2", "early_years": "2",
    }  # fmt: skip
    # A grade of 2018 is of the framework of 2018, never renumbered
    assert (previous.framework, previous.overall_grade, previous.category) == (
        "CIF_2015",
        "4",
        "significant_improvement",
    )
    assert previous.grades == {}


def test_without_overall_effectiveness_since_september_2024_the_areas_stand_alone():
    row = {
        "Inspection start date": "15/10/2024",
        "Inspection end date": "16/10/2024",
        "Overall effectiveness": "Not judged",
        "Category of concern": "SM",
    }
    (latest, _), problems = parsed(made.ofsted(row))
    assert (latest.framework, latest.overall_grade, latest.category) == ("EIF_2024", "", "special_measures")
    assert latest.grades["quality_of_education"] == "2"
    assert problems == []


def test_the_later_wording_of_the_same_columns_is_read():
    header = [
        c.replace("full inspection", "graded inspection")
        .replace("section 8", "ungraded")
        .replace("Section 8", "Ungraded")
        for c in made.OFSTED_HEADER
    ]
    content = made.ofsted(header=made.OFSTED_HEADER).decode("cp1252")
    content = ",".join(header) + "\r\n" + content.split("\r\n", 1)[1]
    found, problems = parsed(content.encode("cp1252"))
    assert [facts.started_on.year for facts in found] == [2023, 2018]
    assert problems == []


def test_an_ungraded_inspection_says_whether_the_school_keeps_its_grade():
    row = {
        "Latest section 8 inspection number since last full inspection": "10300001",
        "Date of latest section 8 inspection": "20/05/2024",
        "Section 8 inspection publication date": "20/06/2024",
        "Section 8 inspection overall outcome": "School remains Good (Improving) - S5 Next",
        "URN at time of the section 8 inspection": "100001",
    }
    (_, _, ungraded), _ = parsed(made.ofsted(row))
    assert (ungraded.kind, ungraded.ungraded_outcome, ungraded.overall_grade, ungraded.grades) == (
        "ungraded", "remains_improving", "", {},
    )  # fmt: skip


def test_report_cards_and_the_grades_before_them_stand_side_by_side():
    (card, before, ungraded), problems = parsed(made.report_cards())
    assert problems == []
    assert (card.framework, card.overall_grade, card.safeguarding_effective, card.category) == (
        "REPORT_CARD_2025",
        "",
        True,
        "",
    )
    assert card.grades == {
        "leadership_governance": "expected", "curriculum_teaching": "expected",
        "achievement": "needs_attention", "attendance_behaviour": "expected",
        "personal_development_wellbeing": "exceptional", "inclusion": "strong",
        "early_years": "expected",
    }  # fmt: skip
    assert (before.framework, before.grades["leadership_management"], before.safeguarding_effective) == (
        "EIF_2024",
        "3",
        True,
    )
    assert (ungraded.kind, ungraded.ungraded_outcome) == ("ungraded", "remains_concerns")


def test_a_report_card_in_a_category_has_its_new_name_under_the_old_key():
    row = {
        "Category of concern": "RSI",
        "Safeguarding standards": "Not met",
        "Leadership and governance": "Urgent improvement",
    }
    (card, *_), _ = parsed(made.report_cards(row))
    assert (card.category, card.safeguarding_effective) == ("significant_improvement", False)
    assert card.grades["leadership_governance"] == "urgent"


def test_an_inspection_is_of_the_school_that_was_inspected():
    (latest, previous), _ = parsed(
        made.ofsted({"URN": "100009", "URN at time of latest full inspection": "NULL"})
    )
    assert (latest.urn, latest.listed_urn) == (100009, 100009)
    assert (previous.urn, previous.listed_urn) == (100001, 100009)


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ({"Overall effectiveness": "Superb"}, "Overall effectiveness", "not a grade of that framework"),
        ({"Category of concern": "Odd"}, "Category of concern", "no category"),
        ({"Publication date": "soon"}, "Publication date", "a date"),
        ({"URN at time of latest full inspection": "x"}, "URN at time of latest full inspection", "URN"),
        (
            {"Previous inspection start date": "08/05/2001"},
            "Previous inspection start date",
            "before section 5",
        ),
    ],
)
def test_what_makes_no_sense_is_left_out_in_words(row, column, message):
    found, [problem] = parsed(made.ofsted(row))
    assert (problem.row, problem.column) == (2, column)
    assert message in problem.message
    assert found


def test_a_row_without_a_urn_or_an_inspection_is_told():
    found, [problem] = parsed(made.ofsted({"URN": "?"}))
    assert (found, problem.column) == ([], "URN")
    nothing = dict.fromkeys(made.OFSTED_HEADER, "NULL") | {"URN": "100001"}
    assert parsed(made.ofsted(nothing)) == ([], [])


def test_an_inspection_without_any_grade_is_left_out():
    found, [problem] = parsed(
        made.ofsted(
            dict.fromkeys(made.OFSTED_HEADER, "") | {"URN": "100001", "Inspection start date": "14/06/2023"}
        )
    )
    assert found == []
    assert "without any grade" in problem.message


def test_an_end_before_the_beginning_is_not_believed():
    (latest, _), _ = parsed(made.ofsted({"Inspection end date": "01/06/2023"}))
    assert latest.ended_on is None


@pytest.mark.parametrize(
    ("words", "day", "kind"),
    [
        ("S5 Inspection", "14/06/2023", "graded"), ("Ungraded inspection", "14/06/2023", "ungraded"),
        ("Short inspection", "14/06/2018", "ungraded"), ("Monitoring visit", "14/06/2023", "monitoring"),
        ("Urgent inspection", "14/06/2023", "urgent"), ("S8 No Formal Designation Visit", "14/06/2023", "monitoring"),
        ("Section 8 inspection", "14/06/2010", "monitoring"),
    ],
)  # fmt: skip
def test_a_years_inspections_are_told_apart_by_their_type(words, day, kind):
    header = [
        "URN",
        "Inspection number",
        "Inspection type",
        "Inspection start date",
        "Publication date",
        "Overall effectiveness",
        "Quality of education",
        "Teaching",
    ]
    found, _ = parsed(made.file(header, ["100001", "1", words, day, day, "2", "2", ""]))
    assert [facts.kind for facts in found] == [kind]


def test_a_row_of_blanks_tells_of_nothing():
    assert parsed(made.ofsted().rstrip() + b"\r\n , , ,\r\n")[1] == []
