from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Documents"

    def ready(self) -> None:
        from reports import checks  # noqa: F401  # registers itself

        autodiscover_modules("documents")
