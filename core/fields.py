"""Field types shared by all apps."""

from typing import Any

from django.db import models


class MoneyField(models.DecimalField):
    """An amount in EUR with two places, up to 99,999,999.99."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 10)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
