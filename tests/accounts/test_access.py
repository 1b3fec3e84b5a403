"""Declarations on views."""

import functools

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.views.generic import TemplateView

from accounts.access import Access, Shown, access, access_of, public
from accounts.choices import Permission


def plain(request):
    """A view."""


def test_a_declaration_stays_on_the_view():
    view = access(Permission.READ_VISIT, reads="visit_note", methods=("GET", "POST"))(lambda request: None)
    assert access_of(view) == Access(
        (Permission.READ_VISIT,), reads="visit_note", methods=("GET", "POST", "HEAD")
    )


def test_head_goes_with_get_and_with_nothing_else():
    assert public("x", methods=("GET",))(lambda r: None).access.methods == ("GET", "HEAD")
    assert public("x", methods=("POST",))(lambda r: None).access.methods == ("POST",)
    assert public("x")(lambda r: None).access.methods == ("GET", "HEAD")


def test_a_declaration_is_found_beneath_other_decorators():
    declared = access(Permission.VIEW_SCHOOL)(lambda request: None)

    @functools.wraps(declared)
    def wrapper(request):
        return declared(request)

    assert access_of(wrapper).permissions == (Permission.VIEW_SCHOOL,)
    assert access_of(functools.partial(declared)).permissions == (Permission.VIEW_SCHOOL,)


def test_a_declaration_is_found_on_a_class_and_on_what_a_class_made():
    class Declared(TemplateView):
        access = Access((Permission.VIEW_LOGS,))

    class Bare(TemplateView):
        pass

    assert access_of(Declared.as_view()).permissions == (Permission.VIEW_LOGS,)
    assert access_of(public("x")(Bare.as_view())).public
    with pytest.raises(ImproperlyConfigured):
        access_of(Bare.as_view())


def test_something_else_called_access_is_no_declaration():
    view = functools.partial(plain)
    view.access = "everyone"
    with pytest.raises(ImproperlyConfigured, match="declares no access"):
        access_of(view)


def test_what_was_shown_is_a_list_that_knows_what_it_is_about():
    shown = Shown()
    shown.append("note:1")
    shown.about(urn=900001, authority_id=4)
    assert (shown, shown.urn, shown.authority_id) == (["note:1"], 900001, 4)


def test_a_declaration_names_a_permission_or_a_reason():
    with pytest.raises(ValueError, match="Name a permission"):
        access()
