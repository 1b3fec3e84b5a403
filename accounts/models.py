"""People, the authorities they act for, the roles they hold, and the two logs."""

import secrets

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.choices import AreaKind, Phase, Role
from accounts.querysets import (
    ChangeLogQuerySet,
    InvitationQuerySet,
    ReadLogQuerySet,
    RoleGrantQuerySet,
    UserManager,
)


def new_public_id() -> str:
    """A random identifier for addresses: says nothing about how many there are or when this one was made."""
    return secrets.token_urlsafe(9)


class Authority(models.Model):
    """A local authority using this installation; each sees only its own schools."""

    code = models.CharField(max_length=3, unique=True, help_text="The DfE's three-digit number, such as 383.")
    name = models.CharField(max_length=120, unique=True)
    service_name = models.CharField(
        max_length=120, blank=True, help_text="Shown in the header of every page."
    )
    colour = models.CharField(max_length=7, default="#1d70b8", help_text="Header and accents, as #rrggbb.")
    contact_email = models.EmailField(blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A part of an authority: an area or locality (L-005, K-004), or a cluster of schools (K-005)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="areas")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=AreaKind.choices, default=AreaKind.AREA)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("authority", "kind", Lower("name"), name="area_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A person who may sign in, known by e-mail address. What they may do is in their grants, not here."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:person-detail", args=[self.public_id])

    @property
    def can_sign_in(self) -> bool:
        """Has set a password or signed in by other means before, and is not deactivated."""
        return self.is_active and (self.has_usable_password() or self.last_login is not None)


class RoleGrant(models.Model):
    """Someone holds a role for an authority, perhaps one area or phase of it, from a date, perhaps until one.

    `end_on` is the last day the grant holds. Which schools an adviser or a head works with is not here.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="grants")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    phase = models.CharField(max_length=5, choices=Phase.choices, blank=True)
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["start_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")), name="grant_ends_after_start"
            ),
            # Two constraints, since two nulls are not equal to SQLite
            models.UniqueConstraint(
                "user",
                "role",
                "authority",
                "area",
                "phase",
                condition=Q(end_on__isnull=True, area__isnull=False),
                name="grant_for_an_area_once_at_a_time",
            ),
            models.UniqueConstraint(
                "user",
                "role",
                "authority",
                "phase",
                condition=Q(end_on__isnull=True, area__isnull=True),
                name="grant_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["user", "start_on"])]


class Invitation(models.Model):
    """A link, sent to a person's mailbox, by which they set their first password; it works once.

    Only a hash of the link's token is kept: who reads the database cannot accept for somebody else.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(  # null: made on the command line
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_after_creation"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_accepted_or_revoked",
            ),
            models.UniqueConstraint(
                "user",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_a_person",
            ),
        ]


class ChangeLogEntry(models.Model):
    """Who changed what, before and after. Written by actions; the database refuses to alter or delete it."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: unattended work
    action = models.CharField(max_length=80)  # module and verb, such as "schools.assign_officer"
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="+")
    urn = models.PositiveIntegerField(null=True)  # the school concerned, where there is one
    subject = models.CharField(max_length=80)  # "model:identifier"
    audience = models.CharField(
        max_length=20, blank=True
    )  # who may read before and after; empty: the authority
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    objects = ChangeLogQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["authority", "-at"]),
            models.Index(fields=["urn", "-at"]),
            models.Index(fields=["subject"]),
        ]


class ReadLogEntry(models.Model):
    """Who was shown what restricted things: one row per response. The database refuses to alter or delete it."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="+")
    view = models.CharField(max_length=80)  # the URL's name
    kind = models.CharField(max_length=40)  # what was shown: "visit_note", "document", …
    urn = models.PositiveIntegerField(null=True)  # the school concerned, where the response was about one
    identifiers = models.JSONField(default=list)

    objects = ReadLogQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["authority", "-at"]),
            models.Index(fields=["by", "-at"]),
            models.Index(fields=["urn", "-at"]),
        ]
