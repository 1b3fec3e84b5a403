from django.apps import AppConfig


class CategorisationConfig(AppConfig):
    name = "categorisation"
    verbose_name = "Frameworks and categorisation"

    def ready(self) -> None:
        from categorisation.frameworks_in_force import circumstances_asked
        from schools.registry import policy_asks

        policy_asks(circumstances_asked)
