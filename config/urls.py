"""Every address of the product; each room owns its own. Rooms above are asked first."""

from django.urls import include, path, re_path

from accounts.access import public
from ui.views import theme

urlpatterns = [
    re_path(
        r"^theme/(?P<colour>[0-9a-f]{6})\.css$",
        public("A stylesheet made from its own address")(theme),
        name="theme",
    ),
    path("", include("workspace.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.sign_in_urls")),
    path("", include("schools.urls")),
    path("", include("reports.urls")),
    path("", include("categorisation.urls")),
    path("", include("visits.urls")),
]
