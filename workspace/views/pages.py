"""The pages every public service owes, and the health check."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import public


@public("Everyone may read how accessible the service is")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "workspace/accessibility.html")


@public("Everyone may read what is done with their data")
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "workspace/privacy.html")


@public("Everyone may read which cookies are set")
def cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "workspace/cookies.html")


@public("Load balancers and containers ask whether the service is up")
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
