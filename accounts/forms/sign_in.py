"""allauth's forms in our words and our form kit. Named in settings.ACCOUNT_FORMS."""

from collections.abc import Callable
from typing import Any, cast

from allauth.account import forms as allauth
from django import forms

from accounts.models import User
from accounts.permissions import may_sign_in_by_link
from ui.forms import Form

_EMAIL = {"autocomplete": "username"}
_NEW_HINT = "At least 12 characters. Three unrelated words make a good password."


class Reworded(Form):
    """allauth builds its fields while the form is made; `_relabel` names them before messages take up their names."""

    _relabel: Callable[[], None]

    def _word_errors(self) -> None:
        self._relabel()
        super()._word_errors()


class SignInForm(Reworded, allauth.LoginForm):
    def _relabel(self) -> None:
        self.fields["login"].widget = forms.EmailInput(attrs=_EMAIL)
        self.fields["login"].label = "E-mail address"
        tidy(self.fields["password"], "Password", "current-password")


class AskForResetForm(Reworded, allauth.ResetPasswordForm):
    def _relabel(self) -> None:
        self.fields["email"].widget = forms.EmailInput(attrs=_EMAIL)
        self.fields["email"].label = "E-mail address"

    def clean_email(self) -> str:
        """Nobody resets the password they never set: that would outlive a withdrawn or expired invitation."""
        email: str = super().clean_email()
        self.users: list[User] = [user for user in self.users if user.has_usable_password()]
        return email


class AskForLinkForm(Reworded, allauth.RequestLoginCodeForm):
    def _relabel(self) -> None:
        self.fields["email"].widget = forms.EmailInput(attrs=_EMAIL)
        self.fields["email"].label = "E-mail address"

    def clean_email(self) -> str:
        """Whoever may not use a link is answered as if nobody had the address."""
        email: str = super().clean_email()
        self._user: User | None
        if self._user is not None and not may_sign_in_by_link(self._user):
            self._user = None
        return email


class ConfirmLinkForm(Reworded, allauth.ConfirmLoginCodeForm):
    params = {"code": {"classes": "govuk-input--width-10", "spellcheck": False}}

    def _relabel(self) -> None:
        tidy(self.fields["code"], "Code", "one-time-code", "It stands in the e-mail, below the link.")


class _NewPassword(Reworded):
    """Two boxes for a new password; allauth's own hint is a list of three sentences."""

    def _relabel(self) -> None:
        tidy(self.fields["password1"], "New password", "new-password", _NEW_HINT)
        tidy(self.fields["password2"], "New password again", "new-password")


class ResetPasswordForm(_NewPassword, allauth.ResetPasswordKeyForm):
    pass


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):
    pass


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    def _relabel(self) -> None:
        super()._relabel()
        tidy(self.fields["oldpassword"], "Current password", "current-password")


class AcceptInvitationForm(allauth.PasswordVerificationMixin, _NewPassword):
    """The first password of somebody invited."""

    password1 = allauth.SetPasswordField()
    password2 = allauth.PasswordField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(allauth.SetPasswordField, self.fields["password1"]).user = user


def tidy(field: forms.Field, label: str, autocomplete: str, hint: str = "") -> None:
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["autocomplete"] = autocomplete
