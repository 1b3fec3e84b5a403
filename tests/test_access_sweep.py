"""Every address × every role × every method answers as the view's declaration says.

The addresses come from the URLconf, what to expect from `view.access`, the objects from tests/sweep_objects.py.
One test an address; each undoes what it did.
"""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import urls
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseForbidden
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, resolve, reverse
from django.views.defaults import permission_denied

from accounts.access import Access, access, access_of, public
from accounts.choices import Permission, Reach, Role
from accounts.models import ReadLogEntry, User
from accounts.roles import POWERS, SCHOOL_ROLES
from schools.choices import CONTACTS_OF, ContactRole
from tests import factories as make
from tests import sweep_levels  # noqa: F401  # registers its samples
from tests.sweep_objects import Sample, World, sample_for

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD")
ANONYMOUS = "anonymous"
STRANGER = "no role"
# What asking may write: the session, the read log, and the table in which allauth keeps addresses known by login.
MAY_BE_WRITTEN_BY_READING = ("django_session", "accounts_readlogentry", "account_emailaddress")
AFTER_ALL_OF_US = dt.date(2099, 8, 31)


@dataclass(frozen=True)
class Address:
    name: str
    pattern: str
    view: Callable[..., Any]
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return self.name or self.pattern


def addresses(resolver: URLResolver, spaces: tuple[str, ...] = (), prefix: str = "") -> Iterator[Address]:
    """Every pattern of the URLconf, includes followed."""
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from addresses(entry, inner, pattern)
        else:
            assert isinstance(entry, URLPattern)
            name = ":".join((*spaces, entry.name)) if entry.name else ""
            yield Address(name, pattern, entry.callback, _arguments(pattern))


def _arguments(pattern: str) -> tuple[str, ...]:
    """Names in "<int:urn>", "<urn>" and "(?P<urn>…)"."""
    return tuple(re.findall(r"<(?:\w+:)?(\w+)>", pattern))


ALL = sorted(addresses(get_resolver()), key=str)
every_address = pytest.mark.parametrize("address", ALL, ids=str)


# The declarations


@every_address
def test_every_address_has_a_name_of_its_own_and_a_declaration(address):
    assert address.name, f"{address.pattern} has no name: give it one, so that pages and tests can reach it."
    assert [a.name for a in ALL].count(address.name) == 1
    declared = access_of(address.view)
    assert declared.public or declared.permissions or declared.reason
    assert set(declared.methods) <= set(METHODS) - {"OPTIONS"}
    assert ("GET" in declared.methods) == ("HEAD" in declared.methods)


def undeclared(request):
    return HttpResponse("served")


@access(Permission.VIEW_SCHOOL)
def declared(request):
    return HttpResponse("served")


class Anything:
    urlpatterns = [path("undeclared/", undeclared), path("declared/", declared)]


def test_a_view_without_a_declaration_is_never_served(client, settings, policy_admin):
    settings.ROOT_URLCONF = Anything
    client.force_login(policy_admin)
    assert client.get("/declared/").content == b"served"
    with pytest.raises(ImproperlyConfigured, match=r"test_access_sweep\.undeclared declares no access"):
        client.get("/undeclared/")


# The world: made once, undone at the end


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield _made()
        transaction.set_rollback(True)


def _made() -> World:
    authority = make.AuthorityFactory(code="901", name="Kirkdale")
    far_authority = make.AuthorityFactory(code="902", name="Soarbridge")
    school = make.SchoolFactory(authority=authority, name="Quillfeather Primary School")
    sibling = make.SchoolFactory(authority=authority, name="Marrowstone Primary School")
    far = make.SchoolFactory(authority=far_authority, name="Thistlebarrow Primary School")
    people = {}
    for role in Role:
        people[role] = user = make.UserFactory(name=role.label, grants=[(role, authority)])
        # With a last day, because a school has one adviser and one head at a time without.
        row = {"school": school, "user": user, "end_on": AFTER_ALL_OF_US}
        if role in SCHOOL_ROLES:
            as_what = min(CONTACTS_OF[role], default=ContactRole.CLERK)
            make.SchoolContactFactory(**row, name=user.name, role=as_what)
        else:
            make.OfficerAssignmentFactory(**row)
    stranger = make.UserFactory(name="Nobody in Particular")
    # The far school has people of its own.
    make.UserFactory(grants=[(Role.POLICY_ADMIN, far_authority)])
    return World(authority, school, sibling, far_authority, far, people, stranger)


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser: `who` is "anonymous", "no role", or a Role."""

    who: Any
    user: User | None
    client: Client
    cookies: dict[str, str]

    def ask(self, method: str, url: str, data: Any = None) -> Any:
        """One request, with the cookies of the sign-in; what it changes is undone."""
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        with transaction.atomic():
            if method == "POST":
                response = self.client.post(url, data or {})
            else:
                response = self.client.generic(method, url)
            transaction.set_rollback(True)
        return response


@pytest.fixture(scope="module")
def visitors(world) -> list[Visitor]:
    people: list[tuple[Any, User | None]] = [(ANONYMOUS, None), (STRANGER, world.stranger)]
    return [_visitor(who, user) for who, user in [*people, *world.people.items()]]


def _visitor(who: Any, user: User | None, **options: Any) -> Visitor:
    client = Client(**options)
    if user is not None:
        client.force_login(user)
    return Visitor(who, user, client, {name: morsel.value for name, morsel in client.cookies.items()})


# What to expect


def sample_of(address: Address, world: World, declared: Access) -> Sample:
    """Raises AssertionError saying how to add what is missing."""
    maker = sample_for(address.name, address.arguments)
    if not address.arguments:
        return maker(world) if maker else Sample(inside={})
    assert maker is not None, (
        f"No sample objects for {address.name} ({address.pattern}). Add to tests/sweep_objects.py:\n\n"
        f'@sample("{address.name}")\n'
        f"def {re.sub(r'[^a-z]+', '_', address.name.lower())}(world: World) -> Sample:\n"
        f"    return Sample(inside={dict.fromkeys(address.arguments, '…')}, sibling=…, far=…)\n"
    )
    sample = maker(world)
    if not declared.public:
        assert sample.far is not None, f"The sample of {address.name} needs an object of another authority."
        assert declared.permissions or sample.who is not None, (
            f"{address.name} is open to everyone signed in: its sample must say with who=… whose objects these are."
        )
    return sample


def finds(who: Any, declared: Access, sample: Sample, where: str) -> bool | None:
    """Whether somebody with the permission finds the object; None when the sample leaves it open."""
    role = None if who == STRANGER else who
    if sample.who is not None:
        return sample.who(role, where)
    if where == "inside":
        return True
    reaches = {POWERS[role][p] for p in declared.permissions if p in POWERS[role]}
    return where == "sibling" and Reach.SCOPE in reaches


def may(who: Any, declared: Access) -> bool:
    if declared.public or not declared.permissions:
        return True
    return who != STRANGER and any(p in POWERS[who] for p in declared.permissions)


def check(response: Any, visitor: Visitor, method: str, declared: Access, found: bool | None) -> None:
    """Raise AssertionError unless the answer is what the declaration promises."""
    status = response.status_code
    if declared.public or (visitor.who != ANONYMOUS and may(visitor.who, declared)):
        if method not in declared.methods:
            assert status == HTTPStatus.METHOD_NOT_ALLOWED
            assert set(response["Allow"].split(", ")) == set(declared.methods)
        elif found is False:
            assert status == HTTPStatus.NOT_FOUND
        elif found:
            assert status not in (
                HTTPStatus.FORBIDDEN,
                HTTPStatus.NOT_FOUND,
                HTTPStatus.METHOD_NOT_ALLOWED,
            )
        assert status < HTTPStatus.INTERNAL_SERVER_ERROR
        assert (
            declared.public
            or urlsplit(response.get("Location", "")).path != reverse("account_login")
            or (response.wsgi_request.path == reverse("account_logout"))
        )
    elif visitor.who == ANONYMOUS:
        assert status == HTTPStatus.FOUND
        assert urlsplit(response["Location"]).path == reverse("account_login")
    else:
        assert status == HTTPStatus.FORBIDDEN


@contextmanager
def reading_only() -> Iterator[None]:
    """Fail on any statement that writes, but to the tables that reading may write."""

    def guard(execute, sql, params, many, context):
        word, *_rest = sql.split(maxsplit=3)
        if word.upper() in ("INSERT", "UPDATE", "DELETE"):
            assert any(table in sql for table in MAY_BE_WRITTEN_BY_READING), f"Reading wrote: {sql}"
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


@contextmanager
def anything() -> Iterator[None]:
    yield


@pytest.fixture(autouse=True)
def briefly(monkeypatch):
    """Thousands of refusals are meant: none needs a line in the log, and only those of GET the whole page."""

    def refuse(request, exception):
        return permission_denied(request, exception) if request.method == "GET" else HttpResponseForbidden()

    monkeypatch.setattr(urls, "handler403", refuse)
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


# The sweep


@every_address
@pytest.mark.django_db
@pytest.mark.requirement("L-242", "L-256", "L-257", "K-231", "K-245")
def test_every_role_and_method_is_answered_as_declared(address, world, visitors):
    declared = access_of(address.view)
    sample = sample_of(address, world, declared)
    places = {"inside": sample.inside, "sibling": sample.sibling, "far": sample.far}
    links = {
        where: reverse(address.name, kwargs=dict(arguments)) + sample.query
        for where, arguments in places.items()
        if arguments is not None
    }
    assert resolve(urlsplit(links["inside"]).path).func == address.view, (
        f"{address.name} is hidden by another address"
    )
    schools = {"inside": world.school, "sibling": world.sibling, "far": world.far}
    for visitor in visitors:
        for where, url in links.items():
            for method in METHODS:
                # Refusals before the view do not depend on the object: once is enough.
                if where != "inside" and (
                    method not in declared.methods
                    or visitor.who == ANONYMOUS
                    or not may(visitor.who, declared)
                ):
                    continue
                told = f"{method} {url} ({where}) as {visitor.who}"
                with reading_only() if method in SAFE else anything():
                    response = visitor.ask(method, url, sample.data)
                found = None if visitor.who == ANONYMOUS else finds_or_none(visitor, declared, sample, where)
                if declared.public:
                    found = True
                try:
                    check(response, visitor, method, declared, found)
                except AssertionError as error:
                    raise AssertionError(f"{told} got {response.status_code}\n{error}") from error
                if response.status_code >= 300 and address.arguments:
                    assert_silent(response, visitor, schools[where], where, told)


def finds_or_none(visitor: Visitor, declared: Access, sample: Sample, where: str) -> bool | None:
    return finds(visitor.who, declared, sample, where) if may(visitor.who, declared) else None


def assert_silent(response: Any, visitor: Visitor, school: Any, where: str, told: str) -> None:
    """A refusal does not name the school to somebody who may not see its page."""
    reach = POWERS.get(visitor.who, {}).get(Permission.VIEW_SCHOOL)
    if reach is None or where == "far" or (where == "sibling" and reach != Reach.SCOPE):
        assert school.name not in response.content.decode(errors="replace"), (
            f"{told} was told the school's name"
        )


@pytest.mark.parametrize("address", [a for a in ALL if "POST" in access_of(a.view).methods], ids=str)
@pytest.mark.django_db
def test_a_form_without_its_token_is_refused(address, world):
    declared = access_of(address.view)
    sample = sample_of(address, world, declared)
    user = None
    if not declared.public:
        user = next(world.people[role] for role in Role if may(role, declared))
    visitor = _visitor(ANONYMOUS if user is None else user, user, enforce_csrf_checks=True)
    url = reverse(address.name, kwargs=dict(sample.inside)) + sample.query
    assert visitor.ask("POST", url, sample.data).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "address",
    [a for a in ALL if access_of(a.view).reads and a.arguments and "GET" in access_of(a.view).methods],
    ids=str,
)
@pytest.mark.django_db
@pytest.mark.requirement("L-256")
def test_a_page_that_shows_restricted_things_writes_the_read_log(address, world):
    declared = access_of(address.view)
    sample = sample_of(address, world, declared)
    url = reverse(address.name, kwargs=dict(sample.inside)) + sample.query
    readers = 0
    for role in Role:
        if not (may(role, declared) and finds(role, declared, sample, "inside")):
            continue
        client = _visitor(role, world.people[role]).client
        before = ReadLogEntry.objects.count()
        response = client.get(url)
        assert response.status_code == HTTPStatus.OK
        written = ReadLogEntry.objects.count() - before
        # Somebody whose page leaves the restricted things out has read none.
        assert written in (0, 1)
        readers += written
        if written:
            entry = ReadLogEntry.objects.first()
            assert (entry.by, entry.kind) == (world.people[role], declared.reads)
            assert entry.authority == world.authority
    assert readers, f"{address.name} says that it shows {declared.reads!r}, yet nobody's reading was logged"


# The checks themselves can fail


class Answer(HttpResponse):
    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status=status, headers=headers)


@pytest.mark.parametrize(
    ("who", "method", "found", "answer"),
    [
        (ANONYMOUS, "GET", None, Answer(200)),
        (ANONYMOUS, "GET", None, Answer(302, Location="/elsewhere/")),
        (STRANGER, "GET", None, Answer(404)),
        (STRANGER, "GET", None, Answer(200)),
        (Role.HEADTEACHER, "GET", True, Answer(404)),
        (Role.HEADTEACHER, "GET", True, Answer(403)),
        (Role.HEADTEACHER, "GET", True, Answer(500)),
        (Role.HEADTEACHER, "GET", False, Answer(200)),
        (Role.HEADTEACHER, "GET", False, Answer(302, Location="/")),
        (Role.HEADTEACHER, "GET", None, Answer(500)),
        (Role.HEADTEACHER, "DELETE", True, Answer(200)),
        (Role.HEADTEACHER, "DELETE", True, Answer(405, Allow="GET, DELETE")),
        (Role.LEAD_MEMBER, "DELETE", True, Answer(405, Allow="GET, HEAD")),
    ],
)
def test_the_sweep_notices(who, method, found, answer):
    declared = Access((Permission.VIEW_SCHOOL,))
    with pytest.raises(AssertionError):
        check(answer, Visitor(who, None, Client(), {}), method, declared, found)


@pytest.mark.django_db
def test_the_sweep_notices_a_page_that_writes_when_read(world):
    with pytest.raises(AssertionError, match="Reading wrote"), reading_only():
        world.school.save()


@pytest.mark.django_db
def test_the_sweep_asks_for_missing_samples(world):
    address = Address("nowhere:thing", "things/<str:thing_id>/", public("x")(undeclared_copy), ("thing_id",))
    with pytest.raises(AssertionError, match=r'@sample\("nowhere:thing"\)'):
        sample_of(address, world, Access())


def undeclared_copy(request):
    return HttpResponse()
