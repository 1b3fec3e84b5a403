from django.apps import AppConfig


class WarningNoticesConfig(AppConfig):
    name = "warning_notices"
    verbose_name = "Warning notices"
