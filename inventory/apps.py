"""The app's registration."""

from importlib import import_module

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self) -> None:
        # Only now are there models for it to import.
        import_module("inventory.receivers")
