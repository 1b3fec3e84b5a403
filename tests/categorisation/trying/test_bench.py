"""The test bench: facts in boxes and as text, answers side by side, and no input that breaks it."""

import json
import re

import pytest
from django.urls import reverse

from accounts.models import ReadLogEntry
from categorisation.models import FrameworkChoice
from schools.choices import Audience, ConcernCategory
from tests import factories as make
from tests.categorisation.trying.steps import address, text

FACTS = {"on": "2026-11-21", "attributes": {"phase": "primary", "low_age": 4, "high_age": 11}}


def boxes(page):
    """What a browser would send back from the plain form of a page, unchanged."""
    form = text(page).split('<form method="post" novalidate>')[1].split("</form>")[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if kind not in ("radio", "checkbox"):
            sent[name] = _attribute(tag, "value")
        elif " checked" in tag:
            sent.setdefault(name, []).append(_attribute(tag, "value"))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen.group(1) if chosen else re.search(r'<option value="([^"]*)"', options).group(1)
    return sent


def _attribute(tag, name):
    found = re.search(rf' {name}="([^"]*)"', tag)
    return found.group(1).replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&") if found else ""


def facts_of(page):
    return json.loads(
        _attribute(re.search(r'<input type="hidden" name="facts"[^>]*>', text(page)).group(0), "value")
    )


@pytest.fixture
def blank(signed_in, draft):
    return signed_in.get(f"{address('bench')}?blank=primary")


def test_it_begins_with_a_school_found_by_name_or_number(signed_in, draft, school, far_school):
    for query in ("anne", "st primary", str(school.urn)):
        assert f"?school={school.urn}" in text(signed_in.get(address("bench"), {"q": query}))
    assert "matches “abbey”" in text(signed_in.get(address("bench"), {"q": "abbey"}))
    assert "?blank=primary" in text(signed_in.get(address("bench")))


def test_a_search_that_finds_many_says_it_shows_the_first(signed_in, draft, authority):
    make.SchoolFactory.create_batch(21, authority=authority)
    assert "The first 20." in text(signed_in.get(address("bench"), {"q": "School"}))


@pytest.mark.requirement("L-064")
def test_a_schools_facts_come_out_under_both_documents_differences_first(signed_in, draft, school):
    make.InspectionFactory(school=school, overall_grade="2")
    shown = text(signed_in.get(address("bench"), {"school": school.urn}))
    order = ["The draft moves it from category 1 to category 2.", "As published, version 1", "What comes out otherwise",
             "Leads to 2 instead of 1.", "Every rule as published", "Change the facts"]  # fmt: skip
    places = [shown.index(words) for words in order]
    assert places == sorted(places)
    assert ReadLogEntry.objects.get(urn=school.urn).kind == "suggestion"


def test_what_only_the_register_may_know_is_not_at_the_bench(signed_in, draft, school):
    make.CircumstanceFactory(school=school, kind="at_risk_of_ri", audience=Audience.REGISTER)
    make.CircumstanceFactory(school=school, kind="finance_concern", audience=Audience.AUTHORITY)
    facts = facts_of(signed_in.get(address("bench"), {"school": school.urn}))
    assert "at_risk_of_ri" not in facts["circumstances"]
    assert facts["circumstances"]["finance_concern"]["present"]


def test_sending_the_boxes_back_unchanged_changes_no_fact(signed_in, draft, school, reference):
    make.InspectionFactory(school=school, overall_grade="4", category=ConcernCategory.SPECIAL_MEASURES)
    make.SchoolContactFactory(school=school)
    page = signed_in.get(address("bench"), {"school": school.urn})
    again = signed_in.post(f"{address('bench')}?school={school.urn}", boxes(page))
    assert "There is a problem" not in text(again)
    assert facts_of(again) == facts_of(page)


@pytest.mark.parametrize("number", [1, 20, 60])
def test_a_case_sent_back_unchanged_is_the_same_case(signed_in, draft, number):
    page = signed_in.get(address("bench"), {"shipped": number})
    again = signed_in.post(address("bench"), boxes(page))
    assert facts_of(again) == facts_of(page)


def test_changed_boxes_change_the_facts_and_the_answer(signed_in, blank):
    sent = boxes(blank)
    sent |= {
        "inspected": "given",
        "inspection-0-started_on_day": "4", "inspection-0-started_on_month": "5", "inspection-0-started_on_year": "2024",
        "inspection-0-overall": "3",
        "figure-abs_overall-all-2025-value": "5.5", "figure-abs_overall-all-2025-national": "5",
        "figure-abs_overall-all-2024-status": "suppressed",
        "circumstance-at_risk_of_ri": "no", "circumstance-finance_concern": "yes",
        "grade-teaching": "3", "confirmed": ["teaching_inconsistent"], "add_figure": "ks4_p8",
    }  # fmt: skip
    page = signed_in.post(address("bench"), sent)
    facts = facts_of(page)
    assert "Category 3 on what is recorded" in text(page)
    assert facts["inspections"][0] | {"overall": "3", "framework": "EIF_2019"} == facts["inspections"][0]
    (absence,) = (s for s in facts["series"] if s["indicator"] == "abs_overall")
    assert absence["points"] == {"2025": {"value": "5.5", "national": "5"}, "2024": {"status": "suppressed"}}
    assert facts["circumstances"]["at_risk_of_ri"]["present"] is False
    assert facts["circumstances"]["finance_concern"]["present"] is True
    assert facts["facts"] == {"confirmed.teaching_inconsistent": {"value": True, "source": "Test bench"}}
    assert facts["profile"]["teaching"]["validated"] == 3
    sent = boxes(page) | {
        "inspection-0-started_on_day": "", "inspection-0-started_on_month": "", "inspection-0-started_on_year": "",
        "inspected": "none", "figure-abs_overall-all-2025-value": "", "figure-abs_overall-all-2025-national": "",
        "figure-abs_overall-all-2024-status": "", "circumstance-at_risk_of_ri": "", "circumstance-finance_concern": "no",
        "grade-teaching": "", "confirmed": [],
    }  # fmt: skip
    facts = facts_of(signed_in.post(address("bench"), sent))
    assert facts["inspections"] == []
    assert {"series", "facts", "profile"} & set(facts) == set()
    assert facts["circumstances"] == {
        "finance_concern": {"present": False, "audience": "shared", "source": "Test bench"}
    }


def test_plain_facts_of_a_policy_have_their_boxes(client, frameworks, far_authority):
    FrameworkChoice.objects.create(authority=far_authority, slug="leicester-2007", start_on=make.LONG_AGO)
    client.force_login(make.UserFactory(grants=[("policy_admin", far_authority)]))
    bench = reverse("categorisation:bench", args=["902"])
    sent = boxes(client.get(bench, {"blank": "primary"}))
    sent |= {
        "fact-headteacher_started_on_day": "1", "fact-headteacher_started_on_month": "9",
        "fact-headteacher_started_on_year": "2026", "fact-headteacher_acting": "yes",
    }  # fmt: skip
    page = client.post(bench, sent)
    assert {key: fact["value"] for key, fact in facts_of(page)["facts"].items()} == {
        "headteacher_started_on": "2026-09-01",
        "headteacher_acting": True,
    }
    assert facts_of(client.post(bench, boxes(page))) == facts_of(page)
    cleared = boxes(page) | {"fact-headteacher_acting": ""}
    assert "headteacher_acting" not in facts_of(client.post(bench, cleared))["facts"]


def test_a_figure_no_rule_asks_for_can_be_added(signed_in, blank):
    key = next(
        v
        for v in re.findall(r'<option value="(ks[^"]+)"', text(blank))
        if f"figure-{v}-all" not in text(blank)
    )
    page = signed_in.post(address("bench"), {**boxes(blank), "add_figure": key})
    sent = boxes(page) | {f"figure-{key}-all-2025-value": "1.5"}
    facts = facts_of(signed_in.post(address("bench"), sent))
    assert [series["indicator"] for series in facts["series"]] == [key]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"on_day": "31", "on_month": "2"}, "The day must be a real date"),
        ({"low_age": "12"}, "Oldest age cannot be below the youngest"),
        ({"low_age": "x"}, "Youngest age must be a whole number"),
        ({"figure-abs_overall-all-2025-value": "lots"}, "Absence, 2025-26: value must be a number"),
        ({"figure-abs_overall-all-2025-value": "NaN"}, "Absence, 2025-26: value must be a number"),
        ({"figure-abs_overall-all-2025-value": "1e300"}, "has too many digits"),
        (
            {"figure-abs_overall-all-2025-value": "5", "figure-abs_overall-all-2025-status": "suppressed"},
            "give a value or why there is none",
        ),
        ({"inspected": "given"}, "Give the first day of an inspection"),
        (
            {"inspected": "given", **dict(zip(("inspection-0-started_on_day", "inspection-0-started_on_month",
              "inspection-0-started_on_year"), ("1", "1", "2001"), strict=True))},
            "before section 5 inspections began",
        ),
        (
            {"inspected": "given", **dict(zip(("inspection-0-started_on_day", "inspection-0-started_on_month",
              "inspection-0-started_on_year"), ("1", "1", "2030"), strict=True))},
            "An inspection counts once it has begun",
        ),
        ({"circumstance-at_risk_of_ri": "perhaps"}, "Choose risk of requires improvement from the list"),
    ],
)  # fmt: skip
def test_a_box_that_cannot_be_read_says_so_and_keeps_what_was_typed(signed_in, blank, changes, refusal):
    page = signed_in.post(address("bench"), boxes(blank) | changes)
    assert refusal in text(page).replace("&#x27;", "’")
    assert "some of which cannot be read" in text(page)
    assert facts_of(page) == facts_of(blank)
    for value in changes.values():
        assert f'value="{value}"' in text(page) or value == "perhaps"


def test_a_box_the_page_did_not_have_leaves_its_fact_alone(signed_in, draft):
    page = signed_in.get(address("bench"), {"shipped": 1})
    sent = {
        name: value for name, value in boxes(page).items() if not name.startswith(("figure", "circ", "grade"))
    }
    assert facts_of(signed_in.post(address("bench"), sent)) == facts_of(page)


def hostile():
    deep = "[" * 100_000 + "]" * 100_000
    point = '{"on": "2026-11-21", "series": [{"indicator": "abs_overall", "points": {"2025": %s}}]}'
    yield "", "Enter the facts as text"
    yield "{", "this is not JSON"
    yield deep, "brackets stand inside brackets"
    yield '{"on": "2026-11-21", "attributes": ' + '{"a":' * 5000 + "1" + "}" * 5000 + "}", "brackets"
    yield "[]", "must be an object"
    yield "null", "must be an object"
    yield "1e999999999", "must be an object"
    yield '{"on": "0001-01-01"}', "the year must be between"
    yield '{"on": 5}', "is not a date"
    for age in ("1e999999999", "NaN", '"old"', "-1", "4.5", "true"):
        yield '{"on": "2026-11-21", "attributes": {"low_age": %s}}' % age, "attributes.low_age"  # noqa: UP031  # JSON in braces
    yield '{"on": "2026-11-21", "attributes": {"other": 1e999999999}}', "larger, or has more decimals"
    yield '{"on": "2026-11-21", "attributes": {"phase": ["primary"]}}', "attributes.phase"
    for value in ("1e999999999", "1e-999999999", '"1e999999999"'):
        yield point % value, "larger, or has more decimals" if value[0] != '"' else "must be an object"
        yield point % ('{"value": %s}' % value), "larger, or has more decimals"  # noqa: UP031  # JSON in braces
    for value in ("NaN", "Infinity", "[]", "{}", '"x"', "true"):
        yield point % ('{"value": %s}' % value), "series[1].points.2025"  # noqa: UP031  # JSON in braces
    yield point % '{"value": 1, "cohort": 1e999999999}', "larger, or has more decimals"
    yield point % '{"value": 1, "status": {"a": 1}}', "is not known"
    yield (
        '{"on": "2026-11-21", "series": [{"indicator": "x", "points": {"²": 1}}]}',
        "the key must be the year",
    )
    yield '{"on": "2026-11-21", "profile": {"teaching": {"validated": 1e999999999}}}', "larger"
    yield '{"on": "2026-11-21", "profile": {"teaching": {"validated": 9}}}', "from 1 to 5"
    yield (
        '{"on": "2026-11-21", "inspections": [{"framework": [], "started_on": "2024-01-01"}]}',
        "is not known",
    )
    yield (
        '{"on": "2026-11-21", "inspections": [{"framework": "EIF_2019", "started_on": "2024-01-01", "overall": [1]}]}',
        "is not a grade",
    )
    yield '{"on": "2026-11-21", "facts": {"x": {"value": "0001-01-01"}}}', "the year must be between"
    yield json.dumps({"on": "2026-11-21", "a" * 10: 1, **{str(n): 1 for n in range(40)}}), "And 21 more."
    yield "x" * 400_000, "must be 300000 characters or less"


@pytest.mark.parametrize(("given", "refusal"), list(hostile()), ids=str)
def test_a_text_that_cannot_be_read_says_where_and_keeps_what_was_typed(signed_in, draft, given, refusal):
    page = signed_in.post(address("bench"), {"facts": given})
    assert page.status_code == 200
    assert refusal in text(page)
    if given and len(given) < 1000:
        assert given.replace('"', "&quot;") in text(page)


@pytest.mark.parametrize(
    "facts",
    [
        {"profile": {"teaching": {"validated": 5}, "nonsense": {"moderated": 1}}},
        {"series": [{"indicator": "abs_overall", "points": {str(y): 5 for y in range(1990, 2100)}}]},
        {"series": [{"indicator": "nonsense", "group": "martians", "points": {"2025": 5}}]},
        {"inspections": [{"framework": "S5_2005", "started_on": "2024-01-01", "overall": "urgent", "kind": "section_48"}]},
        {"inspections": [{"framework": "REPORT_CARD_2025", "started_on": "2026-01-01", "progress": "odd",
                          "judgements": {"leadership_governance": "urgent", "odd": "1"}}] * 9},
        {"circumstances": {"at_risk_of_ri": {"present": True, "audience": "register"}, "nonsense": True}},
        {"attributes": {"phase": "submarine", "low_age": 25, "high_age": 0, "other": 1.5}},
        {"facts": {"confirmed.teaching_inconsistent": {"value": "2024-01-01"}, "x": {"value": None}}},
        {"on": "1900-01-01"}, {"on": "2100-12-31"},
    ],
)  # fmt: skip
def test_odd_facts_come_out_as_something(signed_in, draft, facts):
    page = signed_in.post(address("bench"), {"facts": json.dumps({**FACTS, **facts})})
    assert page.status_code == 200
    assert "on what is recorded" in text(page)
    assert signed_in.post(address("bench"), boxes(page)).status_code == 200


def test_a_fact_of_another_type_than_the_policys_is_refused(client, frameworks, far_authority):
    FrameworkChoice.objects.create(authority=far_authority, slug="leicester-2007", start_on=make.LONG_AGO)
    client.force_login(make.UserFactory(grants=[("policy_admin", far_authority)]))
    facts = {"headteacher_started_on": {"value": True}, "headteacher_acting": {"value": "2026-01-01"}}
    page = client.post(
        reverse("categorisation:bench", args=["902"]), {"facts": json.dumps({**FACTS, "facts": facts})}
    )
    assert "facts.headteacher_started_on.value: must be a date" in text(page)
    assert "facts.headteacher_acting.value: must be true or false" in text(page)


def test_a_text_that_can_be_read_is_tried(signed_in, draft):
    inspection = {"framework": "EIF_2019", "started_on": "2024-01-01", "overall": "2"}
    page = signed_in.post(address("bench"), {"facts": json.dumps({**FACTS, "inspections": [inspection]})})
    assert "The draft moves it from category 1 to category 2." in text(page)
    assert "Facts of your own" in text(page)


def test_a_change_of_the_range_alone_is_told(signed_in, draft):
    draft.document["rules"] = [
        r for r in draft.document["rules"] if (r.get("floor") or 0) < 5 or r["role"] == "gate"
    ]
    for rule in draft.document["rules"]:
        if rule.get("floor") == 5:
            rule["floor"] = 4
            rule["locked"] = False
    draft.save()
    shown = text(signed_in.get(address("bench"), {"blank": "primary"}))
    assert "but the highest it could be is 4 instead of 5." in shown


def test_a_faulty_draft_leaves_the_published_policy_to_try(signed_in, draft):
    draft.document["rules"] = []
    draft.save()
    shown = text(signed_in.get(address("bench"), {"blank": "secondary"}))
    assert "The draft has 1 fault, so only the published policy can be tried." in shown
    assert "As drafted:" not in shown


@pytest.mark.parametrize(
    "query", ["school=1", "school=x", "shipped=0", "shipped=9999", "shipped=²", "case=x", "blank=x"]
)
def test_what_is_not_there_is_not_found(signed_in, draft, query):
    assert signed_in.get(f"{address('bench')}?{query}").status_code == 404


def test_another_authoritys_school_and_case_are_not_there(signed_in, draft, far_school, far_authority):
    case = make.FrameworkCaseFactory(authority=far_authority)
    for query in (f"school={far_school.urn}", f"case={case.public_id}"):
        assert signed_in.get(f"{address('bench')}?{query}").status_code == 404
    assert signed_in.get(reverse("categorisation:bench", args=["902"])).status_code == 404
