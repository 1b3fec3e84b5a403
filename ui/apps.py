from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "ui"
    verbose_name = "Forms, components, lists and charts"

    def ready(self) -> None:
        from ui import checks  # noqa: F401  # registers itself
