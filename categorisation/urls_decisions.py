"""Recommending, moderating and deciding the level of one school; disagreeing with it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
