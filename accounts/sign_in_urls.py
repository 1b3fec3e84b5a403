"""Only those of allauth's pages that are wanted: no sign-up, no managing of addresses.

Each carries our declaration like any view of ours. The names are the ones allauth looks up.
"""

from allauth.account import views
from django.urls import path, re_path

from accounts.access import access, public

_FORM = ("GET", "POST")
_not_yet = public("Nobody is signed in yet", methods=_FORM)
_forgotten = public("Who forgot their password cannot sign in", methods=_FORM)
_own_password = access(signed_in="Everyone may change their own password", methods=_FORM)

urlpatterns = [
    path("sign-in/", _not_yet(views.LoginView.as_view()), name="account_login"),
    path(
        "sign-out/",
        access(signed_in="Everyone may leave", methods=("POST",))(views.LogoutView.as_view()),
        name="account_logout",
    ),
    path(
        "sign-in/deactivated/",
        public("Says why signing in failed")(views.AccountInactiveView.as_view()),
        name="account_inactive",
    ),
    path(
        "password/change/", _own_password(views.PasswordChangeView.as_view()), name="account_change_password"
    ),
    path("password/set/", _own_password(views.PasswordSetView.as_view()), name="account_set_password"),
    path("password/reset/", _forgotten(views.PasswordResetView.as_view()), name="account_reset_password"),
    path(
        "password/reset/sent/",
        public("Says the same whether the address is known or not")(views.PasswordResetDoneView.as_view()),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/done/",
        public("Says that the password is changed")(views.PasswordResetFromKeyDoneView.as_view()),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _forgotten(views.PasswordResetFromKeyView.as_view()),
        name="account_reset_password_from_key",
    ),
]
