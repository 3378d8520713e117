"""The app's registration."""

from django.apps import AppConfig


class OldShopConfig(AppConfig):
    name = "old_shop"
