"""The app's registration."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from core.append_only import install_triggers
from core.checks import check_settings


def _install_triggers(sender: AppConfig, using: str, **kwargs: Any) -> None:
    install_triggers(sender, using=using)


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        post_migrate.connect(_install_triggers, dispatch_uid="append_only")
        checks.register(check_settings)
        autodiscover_modules("jobs")
