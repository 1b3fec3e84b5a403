from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Unattended work"

    def ready(self) -> None:
        from jobs import broker

        broker.make_folders()
        autodiscover_modules("tasks", "periodic")
