"""The app's registration."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "offers"
