"""Frameworks: reading, choosing, drafting, trying and publishing them."""

from django.urls import path

from categorisation.views import frameworks

urlpatterns = [
    path("framework/", frameworks.framework, name="framework"),
    path("settings/<str:code>/framework/", frameworks.framework_choose, name="framework-choose"),
]
