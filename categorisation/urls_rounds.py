"""Annual rounds, boards, termly reviews and identification rounds."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
