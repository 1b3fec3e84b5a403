"""The room's addresses."""

from django.urls import include, path, register_converter

from schools.converters import DayConverter
from schools.views import (
    authorities,
    calendar,
    circumstances,
    delegates,
    inspections,
    people,
    returns,
    schools,
)

register_converter(DayConverter, "day")

app_name = "schools"
urlpatterns = [
    path("", include("schools.urls_imports")),
    path("schools/<int:urn>/edit/", schools.school_edit, name="school-edit"),
    path("schools/<int:urn>/people/", people.people, name="people"),
    path("schools/<int:urn>/people/officers/assign/", people.officer_assign, name="officer-assign"),
    path("schools/<int:urn>/people/officers/<int:pk>/end/", people.officer_end, name="officer-end"),
    path("schools/<int:urn>/people/delegates/add/", delegates.delegate_add, name="delegate-add"),
    path("schools/<int:urn>/people/delegates/<int:pk>/end/", delegates.delegate_end, name="delegate-end"),
    path("schools/<int:urn>/people/contacts/add/", people.contact_add, name="contact-add"),
    path("schools/<int:urn>/people/contacts/<int:pk>/change/", people.contact_change, name="contact-change"),
    path("schools/<int:urn>/people/contacts/<int:pk>/end/", people.contact_end, name="contact-end"),
    path("schools/<int:urn>/inspections/", inspections.inspection_list, name="inspection-list"),
    path("schools/<int:urn>/inspections/record/", inspections.inspection_record, name="inspection-record"),
    path(
        "schools/<int:urn>/inspections/<int:pk>/correct/",
        inspections.inspection_correct,
        name="inspection-correct",
    ),
    path("schools/<int:urn>/circumstances/", circumstances.circumstance_list, name="circumstance-list"),
    path(
        "schools/<int:urn>/circumstances/record/",
        circumstances.circumstance_record,
        name="circumstance-record",
    ),
    path(
        "schools/<int:urn>/circumstances/nothing-to-report/",
        returns.return_record,
        name="return-record",
    ),
    path(
        "schools/<int:urn>/circumstances/<str:public_id>/end/",
        circumstances.circumstance_end,
        name="circumstance-end",
    ),
    path("nothing-to-report/", returns.return_many, name="return-many"),
    path("schools/<int:urn>/calendar/", calendar.school_calendar, name="school-calendar"),
    path(
        "schools/<int:urn>/calendar/<int:year>/", calendar.school_calendar_edit, name="school-calendar-edit"
    ),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/working-days/add/", calendar.working_day_add, name="working-day-add"),
    path("calendar/working-days/<day:day>/remove/", calendar.working_day_remove, name="working-day-remove"),
    path("calendar/<str:code>/", calendar.calendar_year, name="calendar-year"),
    path("calendar/<str:code>/<int:year>/", calendar.calendar_edit, name="calendar-edit"),
    path("settings/", authorities.settings, name="settings"),
    path("settings/<str:code>/", authorities.authority_edit, name="authority-edit"),
    path("settings/<str:code>/areas/", authorities.area_list, name="area-list"),
    path("settings/<str:code>/areas/add/", authorities.area_add, name="area-add"),
    path("settings/<str:code>/areas/<int:pk>/rename/", authorities.area_rename, name="area-rename"),
    path("settings/<str:code>/areas/<int:pk>/remove/", authorities.area_remove, name="area-remove"),
]
