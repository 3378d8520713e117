"""What the log tells of requests that fail, and what it keeps to itself."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from core.logs import MaskingFormatter


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the shop's own handler writes."""
    handler = next(
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, MaskingFormatter)
    )
    text = io.StringIO()
    former = handler.setStream(text)
    yield text
    handler.setStream(former)


@pytest.mark.parametrize("step", ["", "cancel/?a=1"])
@pytest.mark.django_db
def test_the_secret_of_an_order_s_link_is_masked(client: Client, log: io.StringIO, step: str) -> None:
    client.delete(f"/orders/UN-7K3F9Q/kP3xv-SECRET_9aJ/{step}")

    assert "WARNING django.request" in log.getvalue()
    assert "/orders/UN-7K3F9Q/***/" in log.getvalue()
    assert "SECRET" not in log.getvalue()


def test_the_link_to_a_new_password_is_masked(log: io.StringIO) -> None:
    logging.getLogger("shop").warning("Slow: %s", "/accounts/password/reset/key/1-d0x9aJ-SECRET/")

    assert "/reset/key/***/" in log.getvalue()
    assert "SECRET" not in log.getvalue()


def test_a_link_in_a_traceback_is_masked_too(log: io.StringIO) -> None:
    try:
        raise ValueError("no way to /orders/UN-7K3F9Q/kP3xv-SECRET_9aJ/")
    except ValueError:
        logging.getLogger("shop").exception("It broke at %s", "/orders/UN-7K3F9Q/kP3xv-SECRET_9aJ/")

    assert "no way to /orders/UN-7K3F9Q/***/" in log.getvalue()
    assert "SECRET" not in log.getvalue()


@pytest.mark.django_db
def test_any_other_address_is_told(client: Client, log: io.StringIO) -> None:
    client.get("/no/such/page/")

    assert "/no/such/page/" in log.getvalue()
