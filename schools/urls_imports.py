"""Addresses of the import pages."""

from django.urls import path

from schools.views import imports

urlpatterns = [
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/<str:public_id>/", imports.import_detail, name="import-detail"),
    path("imports/<str:public_id>/problems/", imports.import_problems, name="import-problems"),
    path("imports/<str:public_id>/apply/", imports.import_apply, name="import-apply"),
    path("imports/<str:public_id>/discard/", imports.import_discard, name="import-discard"),
]
