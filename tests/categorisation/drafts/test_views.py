"""The editor's pages: a policy to read with a link at every clause, small forms, and nothing typed is lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from categorisation import actions
from categorisation.actions import DraftConflict
from categorisation.actions.drafts import LONGEST_FILE
from categorisation.drafting import changing, places
from categorisation.forms.drafts import ClauseForm
from categorisation.models import FrameworkDraft
from categorisation.presenters.drafts import draft_page
from categorisation.schema import dump_yaml, load_data

from .posting import posted

NOW = timezone.now()
HOSTILE = "<script>alert('x')</script> “&”"


@pytest.fixture
def page(client, policy_admin):
    """page(address) as the policy administrator; the text of the page."""
    client.force_login(policy_admin)

    def get(address, **data):
        answer = client.post(address, data, follow=True) if data else client.get(address)
        return answer.content.decode()

    return get


def form_of(draft, place):
    document = load_data(draft.document)
    _, is_list = places.shape_of(place)
    part = None if is_list else places.find(draft.document, place)
    return ClauseForm(document=document, place=place, part=part)


def typed(draft, place, **changes):
    """What the browser sends for the clause's form, as it was opened."""
    form = form_of(draft, place)
    data = posted(form, **changes)
    data["revision"] = str(draft.revision)
    if not form.fields.is_new:
        data["seen"] = changing.fingerprint(places.find(draft.document, place))
    return data


def send(client, user, address, data, follow=True):
    client.force_login(user)
    return client.post(address, data.urlencode(), "application/x-www-form-urlencoded", follow=follow)


# Reading


def test_versions_and_drafts_are_listed_and_one_is_begun(client, leeds, policy_admin, authority, frameworks):
    client.force_login(policy_admin)
    address = reverse("categorisation:draft-list", args=[authority.code])
    text = client.get(address).content.decode()
    assert "None is being written." in text
    version = next(one for one in frameworks if one.slug == "leeds-2013")
    start = reverse("categorisation:draft-start", args=[authority.code, version.pk])
    first, second = client.post(start), client.post(start)
    assert first.url == second.url
    assert "It says what version 1 says." in client.get(first.url).content.decode()
    other = next(one for one in frameworks if one.slug == "leicester-2007")
    assert (
        client.post(reverse("categorisation:draft-start", args=[authority.code, other.pk])).url != first.url
    )
    assert "Begun" not in text
    assert "begun from version 1" in client.get(address).content.decode()


def test_beginning_from_another_version_leads_to_the_open_draft(
    client, draft, policy_admin, chief, authority
):
    saved = actions.change_draft(
        draft=draft, place="words", part={**draft.document["words"], "plan": "Plan"}, revision=0, by=policy_admin, at=NOW
    )  # fmt: skip
    version = actions.publish_draft(
        draft=saved, effective_from=timezone.localdate(), summary="Why", revision=1, by=chief, at=NOW
    )
    actions.start_draft(version=version, authority=authority, by=policy_admin, at=NOW)
    client.force_login(policy_admin)
    start = reverse("categorisation:draft-start", args=[authority.code, draft.based_on.pk])
    assert "open already" in client.post(start, follow=True).content.decode()
    text = client.get(reverse("categorisation:draft-list", args=[authority.code])).content.decode()
    assert "published as version 2" in text
    assert "In force: Leeds4Learning: a strategy for learning improvement, version 2" in text


@pytest.mark.requirement("K-042")
def test_every_section_is_readable_with_a_link_at_every_clause(page, url, draft):
    contents = draft_page(draft).contents
    assert len(contents) == 18
    whole = page(url("detail"))
    for entry in contents:
        text = page(url("section", entry.key))
        assert escape(entry.title) in text
        assert text.count(">Change<") == text.count('id="clause-')
        assert whole.count(url("section", entry.key)) == 1


def test_a_section_that_is_not_there_is_not_found(client, url, policy_admin):
    client.force_login(policy_admin)
    assert client.get(url("section", "level-9")).status_code == 404


def test_changes_are_marked_in_words_with_what_was_said_before(client, page, url, draft, policy_admin):
    send(client, policy_admin, url("edit", "words"), typed(draft, "words", plan="Improvement plan"))
    text = page(url("section", "policy"))
    assert "Changed" in text
    assert "It said before: <del>Plan: Raising Attainment Plan</del>" in text
    assert "1 thing differs from version 1" in page(url("detail"))
    draft.refresh_from_db()
    send(client, policy_admin, url("add", "glossary"), typed(draft, "glossary", term="SEN", meaning="Needs"))
    assert "New" in page(url("section", "glossary"))
    draft.refresh_from_db()
    place = "levels.category_1.features.1"
    before = places.find(draft.document, place)["text"]
    send(client, policy_admin, url("edit", place), typed(draft, place, text="Doing very well"))
    assert f"<del>{escape(before)}</del>" in page(url("section", "level-1"))
    draft.refresh_from_db()
    gone = places.find(draft.document, "levels.category_1.expectations.1")["text"]
    page(url("remove", "levels.category_1.expectations.1"), revision=draft.revision)
    text = page(url("section", "level-1"))
    assert "Taken out" in text
    assert escape(gone) in text


def test_a_clause_of_our_reading_says_so(page, url):
    assert "Our reading: The policy lists the indicator" in page(url("section", "services"))


def test_publishers_read_and_find_nothing_to_change(client, url, chief):
    client.force_login(chief)
    assert "Change<" not in client.get(url("section", "rules")).content.decode()
    assert client.get(url("edit", "words")).status_code == 403


def test_the_policys_page_leads_those_who_publish_to_the_drafts(client, leeds, chief, head, authority):
    address = reverse("categorisation:draft-list", args=[authority.code])
    for user, found in ((chief, True), (head, False)):
        client.force_login(user)
        assert (address in client.get(reverse("categorisation:framework")).content.decode()) is found


# Changing


def test_a_clause_is_changed_in_a_small_form(client, url, draft, policy_admin):
    answer = send(
        client, policy_admin, url("edit", "parameters.flat"), typed(draft, "parameters.flat", chosen="2")
    )
    assert answer.redirect_chain[-1][0] == f"{url('section', 'numbers')}#clause-parameters.flat"
    text = answer.content.decode()
    assert "Saved in the draft." in text
    assert "2 percentage points. Set by the authority; the default is 1 percentage point." in text
    draft.refresh_from_db()
    assert load_data(draft.document) != load_data(draft.based_on.document)


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, url, draft, policy_admin):
    data = typed(draft, "parameters.flat", chosen="a little", title="Kept as typed")
    text = send(client, policy_admin, url("edit", "parameters.flat"), data).content.decode()
    assert "There is a problem" in text
    assert "must be a number" in text
    assert "Kept as typed" in text
    assert "a little" in text


def test_a_fault_elsewhere_in_the_document_is_told(client, url, draft, policy_admin):
    data = typed(draft, "base", kind="highest_area")
    data.setlist("areas", [])
    text = send(client, policy_admin, url("edit", "base"), data).content.decode()
    assert "Name the areas whose highest level is the base" in text
    answer = send(client, policy_admin, url("add", "review_groups"), typed(
        draft, "review_groups", name="Panel", meets="term", chair="Head", remit="Look", paragraph="§1"))  # fmt: skip
    assert "Added to the draft." in answer.content.decode()
    level = {"name": "Six", "headline": "Six", "features_apply": "all", "tracking": "term", "features": "A", "support": "B",
             "time_for": "C", "time": "1", "paragraph": "§1"}  # fmt: skip
    draft.refresh_from_db()
    assert (
        "Category 6: Six"
        in send(client, policy_admin, url("add", "levels"), typed(draft, "levels", **level)).content.decode()
    )


def test_a_new_item_that_would_break_the_document_is_refused_at_its_field(client, url, draft, policy_admin):
    place = f"thresholds.{draft.document['thresholds'][0]['key']}.values"
    data = typed(draft, place, value="61", from_year="2027", to_year="")
    text = send(client, policy_admin, url("add", place), data).content.decode()
    assert "Two values hold in 2027" in text
    assert 'value="61"' in text


def test_two_at_once_on_the_same_clause_see_both_texts(client, url, draft, policy_admin, colleague):
    first = typed(draft, "words", plan="Theirs")
    second = typed(draft, "words", plan="Mine")
    send(client, colleague, url("edit", "words"), first)
    answer = send(client, policy_admin, url("edit", "words"), second)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Cora Colleague changed the same thing" in text
    assert "A plan for a school that needs support: Theirs" in text
    assert 'value="Mine"' in text
    second["revision"] = re.search(r'name="revision" value="(\d+)"', text)[1]
    second["seen"] = re.search(r'name="seen" value="(\w+)"', text)[1]
    assert "Saved in the draft." in send(client, policy_admin, url("edit", "words"), second).content.decode()
    draft.refresh_from_db()
    assert draft.document["words"]["plan"] == "Mine"


def test_a_clause_removed_while_it_was_written_leaves_the_words_on_the_page(
    client, url, draft, policy_admin, colleague
):
    place = f"glossary.{len(draft.document['glossary'])}"
    data = typed(draft, place, meaning="My long words")
    actions.remove_from_draft(draft=draft, place=place, revision=0, by=colleague, at=NOW)
    answer = send(client, policy_admin, url("edit", place), data)
    assert answer.status_code == 409
    assert "My long words" in answer.content.decode()
    assert "Somebody took this out" in answer.content.decode()
    assert client.get(url("edit", place)).status_code == 404


def test_hostile_text_is_text(client, page, url, draft, policy_admin):
    send(client, policy_admin, url("edit", "words"), typed(draft, "words", plan=HOSTILE))
    place = "levels.category_1.features.1"
    draft.refresh_from_db()
    send(client, policy_admin, url("edit", place), typed(draft, place, text=HOSTILE))
    for address in (url("section", "policy"), url("section", "level-1"), url("edit", place), url("publish"),
                    url("remove", place)):  # fmt: skip
        text = page(address)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("name", ["edit", "add", "remove", "preview"])
@pytest.mark.parametrize("place", ["nothing", "rules.x.when", "identity.title", ".."])
def test_places_that_are_none_are_not_found(client, url, policy_admin, name, place):
    client.force_login(policy_admin)
    method = client.post if name == "preview" else client.get
    assert method(url(name, place)).status_code == 404


@pytest.mark.parametrize("name", ["edit", "remove"])
@pytest.mark.parametrize("place", ["rules.none", "levels.category_1.features.77", "inspections.bands"])
def test_what_is_not_there_is_not_found(client, url, policy_admin, name, place):
    client.force_login(policy_admin)
    assert client.get(url(name, place)).status_code == 404


def test_a_clause_removed_in_the_same_moment_leaves_the_words_on_the_page(
    client, url, draft, policy_admin, monkeypatch
):
    def removed(**kwargs):
        raise DraftConflict(None, draft)

    monkeypatch.setattr(actions, "change_draft", removed)
    answer = send(client, policy_admin, url("edit", "words"), typed(draft, "words", plan="My words"))
    assert answer.status_code == 409
    assert "My words" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "place"),
    [("edit", "rules"), ("add", "words"), ("add", "measures"), ("add", "thresholds.none.values"), ("remove", "words"),
     ("remove", "areas.leadership.cells.1"), ("remove", "inspections.aspects.leadership")],
)  # fmt: skip
def test_what_is_not_done_to_a_place_is_not_found(client, url, policy_admin, name, place):
    client.force_login(policy_admin)
    assert client.get(url(name, place)).status_code == 404


def test_the_builder_works_without_scripts_and_keeps_what_was_typed(client, url, draft, policy_admin):
    data = typed(
        draft, "rules", title="Kept as typed", role="raises", floor="3", paragraph="§1", do="add:when"
    )
    text = send(client, policy_admin, url("add", "rules"), data).content.decode()
    assert "There is a problem" not in text
    assert "Kept as typed" in text
    data["when-1-kind"], data["do"] = "circumstance", "kind:"
    text = send(client, policy_admin, url("add", "rules"), data).content.decode()
    assert 'name="when-1-circumstance"' in text
    assert "Condition 1: a circumstance" in text
    key = draft.document["circumstances"][0]["key"]
    data["when-1-shown"], data["when-1-circumstance"], data["do"] = "circumstance", key, "read:"
    sentence = draft.document["circumstances"][0]["if_so"]
    assert (
        f"{escape(sentence)}.</p>" in send(client, policy_admin, url("add", "rules"), data).content.decode()
    )
    del data["do"]
    assert "Added to the draft." in send(client, policy_admin, url("add", "rules"), data).content.decode()
    draft.refresh_from_db()
    assert draft.document["rules"][-1]["key"] == "kept_as_typed"


def test_the_sentence_follows_what_is_typed(client, url, draft, policy_admin):
    place = f"rules.{draft.document['rules'][0]['key']}"
    whole = form_of(draft, place).sentences()[0].text
    answer = send(client, policy_admin, url("preview", place), typed(draft, place))
    assert escape(whole) in answer.content.decode()
    unfinished = typed(draft, "rules", **{"when-1-kind": ""})
    text = send(client, policy_admin, url("preview", "rules"), unfinished).content.decode()
    assert "once every condition is filled in" in text


# Removing and moving


def test_removing_asks_first_and_a_second_click_does_no_harm(client, page, url, draft):
    assert "goes out of the draft only" in page(url("remove", "glossary.1"))
    last = f"glossary.{len(draft.document['glossary'])}"
    assert "Taken out of the draft." in page(url("remove", last), revision=0)
    assert "Glossary" in page(url("remove", last), revision=0)
    draft.refresh_from_db()
    assert len(draft.document["glossary"]) == len(draft.based_on.document["glossary"]) - 1


def test_what_is_needed_elsewhere_is_refused_with_links_to_who_needs_it(page, url):
    text = page(url("remove", "indicators.abs_overall"), revision=0)
    assert "It cannot be removed" in text
    assert url("edit", "rules.a6_attendance") in text


def test_removing_what_somebody_changed_meanwhile_asks_again(page, url, draft, colleague):
    actions.change_draft(
        draft=draft, place="glossary.1", part={"term": "X", "meaning": "Y"}, revision=0, by=colleague, at=NOW
    )
    assert "Somebody changed the draft meanwhile" in page(url("remove", "glossary.1"), revision=0, seen="old")


def test_items_move_up_and_down(client, page, url, draft):
    first, second = (draft.document["glossary"][number]["term"] for number in (0, 1))
    page(url("move"), down="glossary.1", revision=0)
    draft.refresh_from_db()
    assert [one["term"] for one in draft.document["glossary"][:2]] == [second, first]
    page(url("move"), up="glossary.2", revision=1)
    draft.refresh_from_db()
    assert draft.document == draft.based_on.document
    assert "Draft of" in page(url("move"), revision=2)
    assert client.post(url("move"), {"up": "glossary.99", "revision": "2"}).status_code == 404


# Files, ending


def test_the_draft_is_downloaded_and_put_back_byte_for_byte(client, url, draft, policy_admin):
    client.force_login(policy_admin)
    answer = client.get(url("download"))
    assert answer.content == dump_yaml(load_data(draft.based_on.document))
    version = reverse("categorisation:draft-version-download", args=[draft.authority.code, draft.based_on.pk])
    assert client.get(version).content == answer.content
    changed = answer.content.replace(b"plan: Raising Attainment Plan", b"plan: Plan")
    text = upload(client, url, changed)
    assert "The draft now says what the file says." in text
    assert client.get(url("download")).content == changed


def upload(client, url, content, revision=0):
    file = SimpleUploadedFile("policy.yaml", content)
    return client.post(url("upload"), {"file": file, "revision": revision}, follow=True).content.decode()


def test_a_faulty_file_is_refused_with_every_place(client, url, draft, policy_admin):
    client.force_login(policy_admin)
    good = client.get(url("download")).content
    bad = good.replace(b"level: category\n", b"level: ''\n").replace(b"kind: circumstance", b"kind: rumour")
    text = upload(client, url, bad)
    assert "nothing was changed" in text
    assert "<code>words.level</code>" in text
    assert text.count("rules.") > 3
    assert "must be smaller than 512 kB" in upload(client, url, b"x" * (LONGEST_FILE + 1))
    assert "The selected file is empty" in upload(client, url, b"")
    assert "Somebody changed the draft meanwhile" in upload(client, url, good, revision=7)
    draft.refresh_from_db()
    assert draft.revision == 0


def test_an_abandoned_draft_stays_readable_and_changes_no_more(client, page, url, draft):
    assert "Nobody can change or publish it afterwards" in page(url("abandon"))
    assert "The draft is abandoned." in client.post(url("abandon"), follow=True).content.decode()
    assert "Abandoned. It changes nothing." in page(url("detail"))
    for name, place in (("edit", ["words"]), ("add", ["glossary"]), ("remove", ["glossary.1"]), ("upload", []),
                        ("abandon", [])):  # fmt: skip
        assert client.get(url(name, *place)).url == url("detail")
    assert client.post(url("move"), {"up": "glossary.2"}).url == url("detail")
    assert client.post(url("abandon")).status_code == 302
    FrameworkDraft.objects.update(status="published", published_as=draft.based_on)
    assert "no longer changes" in client.post(url("abandon"), follow=True).content.decode()


def test_a_draft_that_no_longer_holds_together_says_what_is_wrong(client, page, url, draft):
    draft.document["words"]["level"] = ""
    draft.save()
    assert "does not hold together" in page(url("detail"))
    assert "words.level" in page(url("publish"))
    assert client.get(url("section", "policy")).status_code == 404
    assert client.get(url("edit", "words")).status_code == 404
    assert client.get(url("download")).url == url("detail")


def test_a_page_takes_as_many_queries_however_long_the_policy(
    client, url, draft, policy_admin, count_queries
):
    client.force_login(policy_admin)
    client.get(url("section", "glossary"))
    one = count_queries(lambda: client.get(url("section", "glossary")))
    draft.document["glossary"] += [{"term": f"T{number}", "meaning": "M"} for number in range(10)]
    draft.save()
    assert count_queries(lambda: client.get(url("section", "glossary"))) == one
