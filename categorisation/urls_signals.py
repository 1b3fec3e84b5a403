"""Early warnings, confirmations of rules and ratings by services."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
