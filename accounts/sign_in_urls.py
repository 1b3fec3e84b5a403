"""Only those of allauth's pages that are wanted: no sign-up, no managing of addresses, no renaming of passkeys.

Each carries our declaration like any view of ours. The names are the ones allauth looks up.
"""

from allauth.account import views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from accounts.access import access, public
from accounts.views import provider
from accounts.views.factors import AddAppView, FactorsView, RemovePasskeyView, recorded
from accounts.views.sign_in import ConfirmLinkView, SignInView

_FORM = ("GET", "POST")
_not_yet = public("Nobody is signed in yet", methods=_FORM)
_forgotten = public("Who forgot their password cannot sign in", methods=_FORM)
_own_password = access(signed_in="Everyone may change their own password", methods=_FORM)
_own_factors = access(signed_in="Everyone may keep second factors", methods=_FORM, before_factor=True)
_own_codes = access(signed_in="Everyone may see their own recovery codes", before_factor=True)

urlpatterns = [
    path("sign-in/", _not_yet(SignInView.as_view()), name="account_login"),
    path("sign-in/provider/", provider.start, name="provider_start"),
    path("sign-in/provider/<str:provider_id>/back/", provider.back, name="openid_connect_callback"),
    path("sign-in/link/", _not_yet(views.RequestLoginCodeView.as_view()), name="account_request_login_code"),
    path("sign-in/link/confirm/", _not_yet(ConfirmLinkView.as_view()), name="account_confirm_login_code"),
    path(
        "sign-out/",
        # Somebody half-way through signing in leaves too.
        public("Everyone may leave", methods=("POST",))(views.LogoutView.as_view()),
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
    path(
        "confirm/password/", _own_factors(views.ReauthenticateView.as_view()), name="account_reauthenticate"
    ),
    path("confirm/code/", _own_factors(factor_views.ReauthenticateView.as_view()), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        _own_factors(passkeys.ReauthenticateWebAuthnView.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("sign-in/confirm/", _not_yet(factor_views.AuthenticateView.as_view()), name="mfa_authenticate"),
    path(
        "account/second-factor/",
        access(signed_in="Everyone may keep second factors", before_factor=True)(FactorsView.as_view()),
        name="mfa_index",
    ),
    path(
        "account/second-factor/app/add/",
        _own_factors(recorded(AddAppView.as_view())),
        name="mfa_activate_totp",
    ),
    path(
        "account/second-factor/app/remove/",
        _own_factors(recorded(totp.DeactivateTOTPView.as_view())),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/second-factor/passkeys/add/",
        _own_factors(recorded(passkeys.AddWebAuthnView.as_view())),
        name="mfa_add_webauthn",
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/remove/",
        _own_factors(recorded(RemovePasskeyView.as_view())),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/second-factor/recovery-codes/",
        _own_codes(recorded(recovery_codes.ViewRecoveryCodesView.as_view())),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/recovery-codes/download/",
        _own_codes(recorded(recovery_codes.DownloadRecoveryCodesView.as_view())),
        name="mfa_download_recovery_codes",
    ),
    path(
        "account/second-factor/recovery-codes/new/",
        _own_factors(recorded(recovery_codes.GenerateRecoveryCodesView.as_view())),
        name="mfa_generate_recovery_codes",
    ),
]
