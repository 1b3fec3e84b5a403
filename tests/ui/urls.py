"""Addresses of the pages that only these tests have."""

from django.urls import re_path

from accounts.access import public
from ui.views import theme

urlpatterns = [
    re_path(r"^theme/(?P<colour>[0-9a-f]{6})\.css$", public("A test's stylesheet")(theme), name="theme")
]
