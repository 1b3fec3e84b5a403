"""Every address of the product; each room owns its own. Rooms above are asked first."""

from django.urls import include, path

urlpatterns = [
    path("", include("workspace.urls")),
    path("", include("accounts.urls")),
    path("", include("schools.urls")),
    path("", include("reports.urls")),
    path("", include("categorisation.urls")),
    path("", include("visits.urls")),
]
