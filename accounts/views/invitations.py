"""The page behind an invitation's link."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import actions
from accounts.access import public
from accounts.forms.sign_in import AcceptInvitationForm

_STATUS = {"wrong": 404, "accepted": 410, "revoked": 410, "expired": 410}


@never_cache
@sensitive_post_parameters("password1", "password2")
@public("The link itself shows that the invitation reached its mailbox", methods=("GET", "POST"))
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners open links too."""
    now = timezone.now()
    try:
        invitation = actions.find_invitation(token=token, at=now)
        form = AcceptInvitationForm(request.POST or None, user=invitation.user)
        if request.method == "POST" and form.is_valid():
            actions.accept_invitation(token=token, password=form.cleaned_data["password1"], at=now)
            # Somebody else may have been signed in on this machine.
            logout(request)
            messages.success(request, "Your password is set. You can sign in now.")
            return redirect("account_login")
    except actions.InvitationUnusable as problem:
        values = {"reason": problem.reason, "invitation": problem.invitation}
        return render(request, "accounts/invitation_unusable.html", values, status=_STATUS[problem.reason])
    return render(request, "accounts/invitation_accept.html", {"form": form, "person": invitation.user})
