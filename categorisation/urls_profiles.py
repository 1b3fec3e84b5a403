"""Self-evaluation profiles: a school's own page, each stage's editor, and what is done with a whole profile."""

from django.urls import path

from categorisation.views import profile_editor as editor
from categorisation.views import profiles

_BASE = "schools/<int:urn>/self-evaluation/"
_YEAR = f"{_BASE}<int:year>/"

urlpatterns = [
    path(_BASE, profiles.profile, name="profile"),
    path(f"{_BASE}begin/", profiles.profile_begin, name="profile-begin"),
    path(_YEAR, profiles.profile, name="profile-year"),
    path(f"{_YEAR}write/", editor.profile_write, name="profile-write"),
    path(f"{_YEAR}write/rows/<slug:row>/", editor.profile_write_row, name="profile-write-row"),
    path(f"{_YEAR}write/checklist/", editor.profile_tick, name="profile-tick"),
    path(f"{_YEAR}write/send/", editor.profile_send, name="profile-send"),
    path(f"{_YEAR}validate/", editor.profile_validate, name="profile-validate"),
    path(f"{_YEAR}validate/rows/<slug:row>/", editor.profile_validate_row, name="profile-validate-row"),
    path(f"{_YEAR}validate/finish/", editor.profile_finish_validating, name="profile-finish-validating"),
    path(f"{_YEAR}moderate/", editor.profile_moderate, name="profile-moderate"),
    path(f"{_YEAR}moderate/rows/<slug:row>/", editor.profile_moderate_row, name="profile-moderate-row"),
    path(f"{_YEAR}moderate/finish/", editor.profile_finish_moderating, name="profile-finish-moderating"),
    path(f"{_YEAR}reopen/", profiles.profile_reopen, name="profile-reopen"),
    path(f"{_YEAR}agreement/", profiles.profile_agree, name="profile-agree"),
    path(f"{_YEAR}release/", profiles.profile_release, name="profile-release"),
]
