from django.urls import path

from categorisation import views

app_name = "categorisation"
urlpatterns = [
    path("schools/<int:urn>/level/", views.why, name="why"),
    path("framework/", views.framework, name="framework"),
    path("settings/<str:code>/framework/", views.framework_choose, name="framework-choose"),
]
