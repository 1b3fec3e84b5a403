"""People, roles and the logs. Signing in is in sign_in_urls: allauth looks its pages up without a namespace."""

from django.urls import path

from accounts.views import factors, grants, invitations, logs, people

app_name = "accounts"
urlpatterns = [
    path("account/", people.own_account, name="own-account"),
    path("invitation/<str:token>/", invitations.accept, name="invitation-accept"),
    path("people/", people.person_list, name="person-list"),
    path("people/invite/", people.person_invite, name="person-invite"),
    path("people/<str:public_id>/", people.person_detail, name="person-detail"),
    path("people/<str:public_id>/deactivate/", people.person_deactivate, name="person-deactivate"),
    path("people/<str:public_id>/reactivate/", people.person_reactivate, name="person-reactivate"),
    path("people/<str:public_id>/second-factor/remove/", factors.factors_remove, name="factors-remove"),
    path("people/<str:public_id>/invitation/send/", people.invitation_send, name="invitation-send"),
    path(
        "people/<str:public_id>/invitation/withdraw/", people.invitation_withdraw, name="invitation-withdraw"
    ),
    path("people/<str:public_id>/roles/add/", grants.grant_add, name="grant-add"),
    path("people/<str:public_id>/roles/<int:grant_id>/end/", grants.grant_end, name="grant-end"),
    path("people/<str:public_id>/roles/<int:grant_id>/cancel/", grants.grant_cancel, name="grant-cancel"),
    path("logs/changes/", logs.change_log, name="change-log"),
    path("logs/changes/<int:entry_id>/", logs.change_detail, name="change-detail"),
    path("logs/readings/", logs.read_log, name="read-log"),
]
