"""A row refers to rows of its own room and of those below, never above: a lower room can be understood alone."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.test_imports import named

LAYERS = named("Rooms import downwards only")["layers"]
HEIGHT = {room: -depth for depth, room in enumerate(LAYERS)}


def upward(found):
    """Each relation from a lower room to a higher one, given by class or by string; the user model excepted."""
    return [
        f"{model._meta.label}.{field.name} refers up to {field.remote_field.model._meta.label}"
        for model in found
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.is_relation and field.remote_field is not None
        if field.remote_field.model._meta.label != settings.AUTH_USER_MODEL
        if model._meta.app_label in HEIGHT and field.remote_field.model._meta.app_label in HEIGHT
        if HEIGHT[field.remote_field.model._meta.app_label] > HEIGHT[model._meta.app_label]
    ]


def test_no_relation_points_upwards():
    assert upward(apps.get_models(include_auto_created=True)) == []


@isolate_apps("schools", "visits", "accounts")
def test_a_planted_relation_upwards_is_found_by_class_and_by_string():
    class Visit(models.Model):
        class Meta:
            app_label = "visits"

    class School(models.Model):
        last_visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT)
        visits = models.ManyToManyField(Visit)

        class Meta:
            app_label = "schools"

    assert upward([School]) == [
        "schools.School.last_visit refers up to visits.Visit",
        "schools.School.visits refers up to visits.Visit",
    ]
    assert upward([Visit]) == []


@pytest.mark.django_db
def test_the_database_at_hand_enforces_every_constraint_of_every_model():
    """Django leaves out, with a warning only, a constraint the database does not know (two nulls alike, say)."""
    ignored = {
        "models.W027",
        "models.W036",
        "models.W037",
        "models.W038",
        "models.W039",
        "models.W040",
        "models.W047",
    }
    assert [warning for warning in run_checks(databases=["default"]) if warning.id in ignored] == []
