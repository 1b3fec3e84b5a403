"""What happens before and after every view."""

import io

import pytest
from django.http import HttpResponse, HttpResponseNotFound, StreamingHttpResponse
from django.urls import include, path
from django.utils import timezone

from accounts.access import access, public
from accounts.choices import Permission, Role
from accounts.middleware import SESSION_ENDS
from accounts.models import ReadLogEntry
from tests import factories as make

pytestmark = pytest.mark.django_db


@public("x")
def open_to_all(request):
    return HttpResponse("open")


@access(Permission.VIEW_SCHOOL, Permission.READ_VISIT, reads="visit_note")
def restricted(request, urn=None):
    request.shown.extend(request.GET.getlist("note"))
    if request.GET.get("about"):
        request.shown.about(urn=5, authority_id=int(request.GET["about"]))
    if request.GET.get("missing"):
        return HttpResponseNotFound()
    return HttpResponse("restricted")


@access(signed_in="x", reads="thing")
def anyones(request):
    request.shown.append("thing:1")
    return StreamingHttpResponse(["a", "b"])


@access(Permission.VIEW_SCHOOL, methods=("GET", "POST"))
def form(request):
    return HttpResponse("form")


@access(Permission.VIEW_SCHOOL, methods=("POST",))
def button(request):
    return HttpResponse("done")


@access(Permission.VIEW_SCHOOL)
def cached(request):
    return HttpResponse("x", headers={"Cache-Control": "max-age=5"})


@public("x", methods=("GET", "POST"))
def named(request, name):
    return HttpResponse(f"{name} {len(request.POST)}")


class Addresses:
    urlpatterns = [
        path("open/", open_to_all),
        path("restricted/", restricted, name="restricted"),
        path("schools/<int:urn>/", restricted, name="school"),
        path("anyones/", anyones),
        path("form/", form),
        path("button/", button),
        path("cached/", cached),
        path("named/<str:name>/", named),
        path("", include("accounts.sign_in_urls")),
        path("", include(([path("", open_to_all, name="home")], "workspace"))),
    ]


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = Addresses
    # The frame of a page looks for addresses that are not here.
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "context_processors": []}}]


class TestSomebodyNotSignedIn:
    def test_sees_what_is_public(self, client):
        response = client.get("/open/")
        assert response.content == b"open"
        assert not response.has_header("Cache-Control")

    def test_may_use_only_the_declared_methods_of_what_is_public(self, client):
        response = client.delete("/open/")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")

    def test_is_sent_to_sign_in_and_back_to_the_whole_address(self, client):
        response = client.get("/form/?page=2&q=a%20b")
        assert (response.status_code, response.url) == (
            302,
            "/sign-in/?next=%2Fform%2F%3Fpage%3D2%26q%3Da%2520b",
        )

    def test_is_sent_to_sign_in_before_hearing_of_methods(self, client):
        assert client.delete("/form/").status_code == 302

    def test_comes_back_to_the_page_that_held_a_form_not_to_the_address_it_was_posted_to(self, client):
        response = client.post("/button/", headers={"referer": "http://testserver/form/?page=2"})
        assert response.url == "/sign-in/?next=%2Fform%2F%3Fpage%3D2"

    @pytest.mark.parametrize(
        "referer", [None, "https://evil.example/x", "http://testserver.evil.example/", "nonsense"]
    )
    def test_comes_home_where_the_page_is_not_known_or_not_ours(self, client, referer):
        response = client.post("/button/", headers={"referer": referer} if referer else {})
        assert response.url == "/sign-in/?next=%2F"

    def test_comes_back_to_the_root_from_an_address_without_a_path(self, client):
        response = client.post("/button/", headers={"referer": "http://testserver"})
        assert response.url == "/sign-in/?next=%2F"

    def test_gets_the_whole_page_moved_when_a_panel_is_asked_for(self, client):
        response = client.get(
            "/restricted/", headers={"hx-request": "true", "hx-current-url": "http://testserver/form/"}
        )
        assert response.status_code == 401
        assert response["HX-Redirect"] == "/sign-in/?next=%2Fform%2F"
        assert not response.content

    def test_who_asks_for_nothing_that_exists_is_told_so(self, client):
        assert client.get("/nowhere/").status_code == 404


class TestSomebodySignedIn:
    def test_needs_any_one_of_the_permissions(self, client, adviser, stranger):
        client.force_login(adviser)
        assert client.get("/restricted/").status_code == 200
        client.force_login(stranger)
        assert client.get("/restricted/").status_code == 403

    def test_hears_of_methods_only_with_the_permission(self, client, adviser, stranger):
        client.force_login(adviser)
        assert client.put("/form/").status_code == 405
        client.force_login(stranger)
        assert client.put("/form/").status_code == 403

    def test_may_ask_for_the_head_of_what_they_may_get(self, client, adviser):
        client.force_login(adviser)
        assert client.head("/form/").status_code == 200
        assert client.head("/button/").status_code == 405

    def test_loses_everything_the_moment_the_account_is_deactivated(self, client, adviser):
        client.force_login(adviser)
        adviser.is_active = False
        adviser.save()
        assert client.get("/restricted/").status_code == 302

    def test_keeps_nothing_restricted_in_the_browsers_store(self, client, adviser):
        client.force_login(adviser)
        assert client.get("/restricted/")["Cache-Control"] == "private, no-cache, no-store"
        assert client.get("/form/")["Cache-Control"] == "private, no-cache"
        assert client.get("/cached/")["Cache-Control"] == "max-age=5"


class TestASession:
    def test_ends_a_working_day_after_sign_in_however_busy(self, client, adviser):
        client.force_login(adviser)
        session = client.session
        session[SESSION_ENDS] = timezone.now().timestamp() - 1
        session.save()
        assert client.get("/form/").status_code == 302
        assert client.get("/form/").status_code == 302

    def test_goes_on_until_then(self, client, adviser):
        client.force_login(adviser)
        session = client.session
        session[SESSION_ENDS] = timezone.now().timestamp() + 60
        session.save()
        assert client.get("/form/").status_code == 200


class TestWhatIsSent:
    def test_with_a_null_character_for_a_name_finds_nothing(self, client):
        assert client.get("/named/ab/").status_code == 200
        assert client.get("/named/a%00b/").status_code == 404

    def test_by_somebody_not_signed_in_is_not_even_read_when_it_is_long(self, client, adviser, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        settings.LONGEST_REQUEST = 3000

        def status(length):
            return client.post("/named/x/", {"file": io.BytesIO(b"x" * length)}).status_code

        assert [status(n) for n in (100, 2000, 4000)] == [200, 400, 400]
        client.force_login(adviser)
        assert [status(n) for n in (100, 2000, 4000)] == [200, 200, 400]

    def test_with_no_number_for_a_length_is_empty(self, client):
        response = client.post("/named/x/", {"a": "b"}, CONTENT_LENGTH="many")
        assert response.content == b"x 0"


class TestTheReadLog:
    def test_one_entry_a_response_with_everything_shown(self, client, adviser, authority):
        client.force_login(adviser)
        client.get("/restricted/?note=a&note=b")
        entry = ReadLogEntry.objects.get()
        assert (entry.by, entry.view, entry.kind) == (adviser, "restricted", "visit_note")
        assert (entry.identifiers, entry.urn, entry.authority) == (["a", "b"], None, authority)

    def test_the_school_comes_from_the_address(self, client, adviser):
        client.force_login(adviser)
        client.get("/schools/900123/?note=a")
        assert ReadLogEntry.objects.get().urn == 900123

    def test_a_view_may_know_better(self, client, adviser, far_authority):
        client.force_login(adviser)
        client.get(f"/schools/900123/?note=a&about={far_authority.pk}")
        entry = ReadLogEntry.objects.get()
        assert (entry.urn, entry.authority) == (5, far_authority)

    def test_with_powers_in_two_authorities_the_log_does_not_guess(self, client, adviser, far_authority):
        make.RoleGrantFactory(user=adviser, role=Role.ADVISER, authority=far_authority)
        client.force_login(adviser)
        client.get("/restricted/?note=a")
        assert ReadLogEntry.objects.get().authority is None

    def test_powers_for_other_things_do_not_confuse_it(self, client, adviser, authority, far_authority):
        make.RoleGrantFactory(user=adviser, role=Role.AUDITOR, authority=far_authority)
        client.force_login(adviser)
        client.get("/restricted/?note=a")
        assert ReadLogEntry.objects.get().authority == authority

    def test_a_view_open_to_everyone_counts_all_powers(self, client, adviser, stranger, authority):
        client.force_login(adviser)
        assert b"".join(client.get("/anyones/")) == b"ab"
        assert ReadLogEntry.objects.get().authority == authority
        client.force_login(stranger)
        client.get("/anyones/")
        assert ReadLogEntry.objects.first().authority is None

    @pytest.mark.parametrize("address", ["/restricted/", "/restricted/?note=a&missing=1", "/form/"])
    def test_nothing_shown_nothing_written(self, client, adviser, address):
        client.force_login(adviser)
        client.get(address)
        assert not ReadLogEntry.objects.exists()
