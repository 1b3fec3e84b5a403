"""allauth's forms in our words and our form kit. Named in settings.ACCOUNT_FORMS."""

from typing import Any

from allauth.account import forms as allauth
from django import forms

from accounts.models import User
from ui.forms import Form

_EMAIL = {"autocomplete": "username"}
_NEW_HINT = "At least 12 characters. Three unrelated words make a good password."


def _password(label: str, *, new: bool) -> forms.CharField:
    autocomplete = "new-password" if new else "current-password"
    return forms.CharField(
        label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": autocomplete})
    )


class SignInForm(Form, allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget = forms.EmailInput(attrs=_EMAIL)
        self.fields["login"].label = "E-mail address"
        self.fields["password"] = _password("Password", new=False)
        self._word_errors()


class AskForResetForm(Form, allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget = forms.EmailInput(attrs=_EMAIL)
        self.fields["email"].label = "E-mail address"
        self._word_errors()

    def clean_email(self) -> str:
        """Nobody resets the password they never set: that would outlive a withdrawn or expired invitation."""
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email


class _NewPassword(Form):
    """Reword the two boxes of a new password; the validators' own hint is three sentences too long."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["password1"], self.fields["password2"]
        first.label, second.label = "New password", "New password again"
        first.help_text = _NEW_HINT
        for field in (first, second):
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["autocomplete"] = "new-password"
        self._word_errors()


class ResetPasswordForm(_NewPassword, allauth.ResetPasswordKeyForm):
    pass


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):
    pass


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old = self.fields["oldpassword"]
        old.label, old.help_text = "Current password", ""
        old.widget.attrs.pop("placeholder", None)
        old.widget.attrs["autocomplete"] = "current-password"
        self._word_errors()


class AcceptInvitationForm(_NewPassword, allauth.PasswordVerificationMixin):
    """The first password of somebody invited."""

    password1 = allauth.SetPasswordField(label="Password")
    password2 = allauth.PasswordField(label="Password again", autocomplete="new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].user = user
