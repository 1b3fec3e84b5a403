"""The room's addresses."""

from django.urls import include, path

from categorisation.views import why

app_name = "categorisation"
urlpatterns = [
    path("schools/<int:urn>/level/", why.why, name="why"),
    path("", include("categorisation.urls_profiles")),
    path("", include("categorisation.urls_decisions")),
    path("", include("categorisation.urls_rounds")),
    path("", include("categorisation.urls_signals")),
    path("", include("categorisation.urls_frameworks")),
]
