from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Unattended work"

    def ready(self) -> None:
        from jobs import broker
        from jobs.checks import check_lease, check_visibility_timeout

        broker.make_folders()
        autodiscover_modules("tasks", "periodic")
        checks.register(check_lease)
        checks.register(check_visibility_timeout)
