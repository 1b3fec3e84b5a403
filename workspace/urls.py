"""The roof's addresses: home, schools, data, job pages and the pages every public service owes."""

from django.urls import path

from workspace.views import home, jobs, pages, schools

app_name = "workspace"
urlpatterns = [
    path("", home.home, name="home"),
    path("my-schools/", schools.my_schools, name="my-schools"),
    path("schools/", schools.school_list, name="school-list"),
    path("schools/<int:urn>/", schools.school, name="school"),
    path("schools/<int:urn>/data/", schools.school_data, name="school-data"),
    path("schools/<int:urn>/history/", schools.school_history, name="school-history"),
    path("indicators/", schools.indicator_list, name="indicator-list"),
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/<str:public_id>/", jobs.job, name="job"),
    path("jobs/<str:public_id>/panel/", jobs.panel, name="job-panel"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("cookies/", pages.cookies, name="cookies"),
    path("health", pages.health, name="health"),
]
