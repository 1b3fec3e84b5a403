"""The facts file: what is written is read back, and every fault says where it is and how to mend it."""

from __future__ import annotations

from datetime import date

import pytest

from categorisation.engine import SchoolFacts, Status
from categorisation.facts_file import FactsFileError, read_facts, write_facts
from categorisation.facts_format import format_markdown

from .worked_cases import cases


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_what_is_written_is_read_back(which: str):
    for case in cases(which):
        assert read_facts(write_facts(case.facts)) == case.facts


def test_a_school_of_which_only_the_day_is_known_is_read_back():
    facts = SchoolFacts(on=date(2026, 11, 21))
    assert read_facts(write_facts(facts)) == facts


def test_the_example_in_the_documentation_reads():
    example = format_markdown().split("```json\n")[1].split("```")[0]
    facts = read_facts(example)
    assert facts.series["ks2_rwm_exp", "all"][1][1].status is Status.SUPPRESSED
    assert facts.circumstances["safeguarding_non_compliance"].present is False


def test_numbers_are_exact():
    facts = read_facts(
        '{"on": "2026-11-21", "series": [{"indicator": "a", "points": {"2025": 0.1, "2024": {"value": "0.1"}}}]}'
    )
    assert [str(point.value) for _, point in facts.series["a", "all"]] == ["0.1", "0.1"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "line 1, column 2: this is not JSON"),
        ("[]", "the file: must be an object"),
        ("{}", "on: is missing; give the day"),
        ('{"on": "21/11/2026"}', "on: “21/11/2026” is not a date; write it as 2026-11-21"),
        ('{"on": "2026-11-21", "on": "2026-11-22"}', "given twice"),
        ('{"on": "2026-11-21", "colour": 1}', "the file.colour: is not known here"),
        ('{"on": "2026-11-21", "attributes": []}', "attributes: must be an object"),
        ('{"on": "2026-11-21", "attributes": {"phase": []}}', "attributes.phase: must be text"),
        (
            '{"on": "2026-11-21", "facts": {"a": {"value": 3}}}',
            "facts.a.value: must be true, false or a date",
        ),
        ('{"on": "2026-11-21", "series": {}}', "series: must be a list"),
        ('{"on": "2026-11-21", "series": [{}]}', "series[1].indicator: is missing"),
        (
            '{"on": "2026-11-21", "series": [{"indicator": "a"}, {"indicator": "a"}]}',
            "series[2]: a of all is given twice",
        ),
        (
            '{"on": "2026-11-21", "series": [{"indicator": "a", "points": []}]}',
            "series[1].points: must be an object",
        ),
        (
            '{"on": "2026-11-21", "series": [{"indicator": "a", "points": {"17-18": 1}}]}',
            "points.17-18: the key must",
        ),
        (
            '{"on": "2026-11-21", "series": [{"indicator": "a", "points": {"2017": {"value": "65%"}}}]}',
            "2017.value: “65%”",
        ),
        (
            '{"on": "2026-11-21", "series": [{"indicator": "a", "points": {"2017": {"status": "suppressed", "value": 1}}}]}',
            "series[1].points.2017: a published point has a value",
        ),
        (
            '{"on": "2026-11-21", "series": [{"indicator": "a", "points": {"2017": {"status": "SUPP"}}}]}',
            "2017.status: “SUPP” is not known; use one of published",
        ),
        ('{"on": "2026-11-21", "inspections": {}}', "inspections: must be a list"),
        (
            '{"on": "2026-11-21", "inspections": [{"framework": "X"}]}',
            "inspections[1].framework: “X” is not known",
        ),
        (
            '{"on": "2026-11-21", "inspections": [{"framework": "EIF_2019"}]}',
            "inspections[1].started_on: is missing",
        ),
        (
            '{"on": "2026-11-21", "inspections": [{"framework": "EIF_2019", "started_on": "2023-05-04", "overall": "good"}]}',
            "inspections[1].overall: “good” is not a grade",
        ),
        (
            '{"on": "2026-11-21", "inspections": [{"framework": "EIF_2019", "started_on": "2023-05-04", "safeguarding": "met"}]}',
            "inspections[1].safeguarding: must be true",
        ),
        (
            '{"on": "2026-11-21", "inspections": [{"framework": "EIF_2019", "started_on": "2023-05-04", "judgements": []}]}',
            "inspections[1].judgements: must be an object",
        ),
        (
            '{"on": "2026-11-21", "circumstances": {"a": {}}}',
            "circumstances.a.present: must be true or false",
        ),
        ('{"on": "2026-11-21", "attributes": {"phase": "\\ud800"}}', "characters that cannot be stored"),
        ('{"on": "2026-11-21", "attributes": {"phase\\u0000": "a"}}', "characters that cannot be stored"),
        (
            '{"on": "2026-11-21", "profile": {"a": {"validated": 9}}}',
            "profile.a.validated: must be a whole number",
        ),
    ],
)
def test_a_fault_says_where_and_how_to_mend_it(text: str, fault: str):
    with pytest.raises(FactsFileError) as caught:
        read_facts(text)
    assert any(fault in found for found in caught.value.faults), caught.value.faults
