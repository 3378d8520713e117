"""The app's registration."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "inventory"
