"""How allauth behaves here: accounts come by invitation only, sessions end, e-mail goes through the outbox."""

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import actions
from accounts.middleware import FACTOR_ELSEWHERE, SESSION_ENDS
from accounts.models import User
from jobs.actions import send_email

_AGAIN = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right",
        "too_many_login_attempts": (
            "Too many tries with a wrong password. Wait five minutes, or reset your password"
        ),
        "incorrect_code": "The code is not right",
        "enter_current_password": "The current password is not right",
        "incorrect_password": "The password is not right",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """A session ends a working day after sign-in, however busy it is."""
        super().login(request, user)
        request.session[FACTOR_ELSEWHERE] = getattr(request, "factor_elsewhere", False)
        request.session[SESSION_ENDS] = timezone.now().timestamp() + settings.SESSION_COOKIE_AGE

    def set_password(self, user: Any, password: str) -> None:
        actions.set_password(user=user, password=password, by=user, at=timezone.now())

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        return [
            {**method, "description": _AGAIN[method["id"]]}
            for method in super().get_reauthentication_methods(user)
        ]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From the installation's own address, not from what a request claims to have been sent to."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", key)

    def is_safe_url(self, url: str) -> bool:
        """Where `next` may lead: this host only, where allauth would also follow every other allowed host."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox. A second click within the same minute does not send a second message."""
        now = timezone.now()
        values = {**context, "sign_in_link": settings.BASE_URL + reverse("account_login")}
        if "code" in context:
            values["code_link"] = self._code_link(context["code"])
        subject = render_to_string(f"{template_prefix}_subject.txt", values).strip()
        body = render_to_string(f"{template_prefix}_message.txt", values).strip() + "\n"
        digest = hashlib.sha256(f"{template_prefix}|{email}|{body}".encode()).hexdigest()[:40]
        send_email(
            key=f"account:{digest}:{now:%Y%m%d%H%M}",
            to=email,
            subject=subject,
            body=body,
            now=now,
            is_secret=True,
        )

    def _code_link(self, code: str) -> str:
        """Fills the code into the page that waits for it, and leads on to where the person was going."""
        going_to = get_next_redirect_url(self.request)
        asked = {"code": code, **({"next": going_to} if going_to else {})}
        return f"{settings.BASE_URL}{reverse('account_confirm_login_code')}?{urlencode(asked)}"

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict | None = None, email: str | None = None
    ) -> None:
        """Tell people of a change of their password, so that they notice one they did not make."""
        self.send_mail(template_prefix, email or user.email, {**(context or {}), "user": user})


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not right. Wait for the next one and try again",
        "cannot_generate_recovery_codes": "Add an authenticator app or a passkey first",
    }

    def encrypt(self, text: str) -> str:
        """Who reads the database, or a backup of it, cannot make another's codes."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What a changed SECRET_KEY can no longer read matches no code; an administrator removes the factor."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()

    def get_totp_issuer(self) -> str:
        """What the app shows beside the code: the host people know the service by."""
        return f"School improvement ({urlsplit(settings.BASE_URL).hostname})"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  # allauth's own name
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}"


def _fernet() -> Fernet:
    return Fernet(
        base64.urlsafe_b64encode(hashlib.sha256(f"factors:{settings.SECRET_KEY}".encode()).digest())
    )
