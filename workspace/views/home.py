"""The one home page, put together from what the person's roles let them do."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from workspace.presenters import home as presenter


@access(signed_in="Everyone has a home page; each part of it asks for its own permission")
def home(request: SignedInRequest) -> HttpResponse:
    return render(request, "workspace/home.html", {"home": presenter.build(request.user, timezone.now())})
