"""allauth's forms of second factors in our words and our form kit. Named in settings.MFA_FORMS and ACCOUNT_FORMS."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as base
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.sign_in import Reworded, tidy
from ui.forms import Form

_SILENT = "The passkey did not answer. Try again"


class PasswordAgainForm(Reworded, account.ReauthenticateForm):
    def _relabel(self) -> None:
        tidy(self.fields["password"], "Password", "current-password")


class _CodeForm(Reworded):
    params = {"code": {"classes": "govuk-input--width-10", "spellcheck": False}}
    hint = "Six digits from your authenticator app, or eight of a recovery code."

    def _relabel(self) -> None:
        tidy(self.fields["code"], "Code", "one-time-code", self.hint)
        self.fields["code"].max_length = 40  # type: ignore[attr-defined]


class CodeForm(_CodeForm, base.AuthenticateForm):
    pass


class CodeAgainForm(_CodeForm, base.ReauthenticateForm):
    pass


class AddAppForm(_CodeForm, totp.ActivateTOTPForm):
    hint = "The six digits that the app shows now."


class RemoveAppForm(Form, totp.DeactivateTOTPForm):
    pass


class NewRecoveryCodesForm(Form, recovery_codes.GenerateRecoveryCodesForm):
    pass


class _PasskeyForm(Reworded):
    """A passkey answers by script alone: what is wrong with its answer is said above the form."""

    def _relabel(self) -> None:
        self.fields["credential"].error_messages |= {"required": _SILENT, "invalid": _SILENT}


class AddPasskeyForm(_PasskeyForm, webauthn.AddWebAuthnForm):
    mark_optional = False
    params = {"name": {"classes": "govuk-input--width-20"}}

    def clean(self) -> dict[str, Any] | None:
        with _understood():
            return super().clean()

    def _relabel(self) -> None:
        super()._relabel()
        name = forms.CharField(max_length=60, required=False)
        name.label, name.help_text = "Name", "So that you can tell it from others, such as “Work laptop”."
        self.fields["name"] = name


class _PasskeyAnswerForm(_PasskeyForm):
    def clean_credential(self) -> Any:
        with _understood():
            return super().clean_credential()  # type: ignore[misc]


class PasskeyForm(_PasskeyAnswerForm, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_PasskeyAnswerForm, webauthn.ReauthenticateWebAuthnForm):
    pass


@contextmanager
def _understood() -> Iterator[None]:
    """The library takes a browser's answer apart unguarded: what it stumbles over is no answer."""
    try:
        yield
    except ValidationError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, struct.error, InvalidSignature) as error:
        raise ValidationError(_SILENT) from error
