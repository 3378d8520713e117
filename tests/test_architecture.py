"""The rules of docs/architecture.md that a linter cannot see."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model

ROOT = Path(settings.BASE_DIR)
LAYERS = {"core": 0, "accounts": 1, "inventory": 2, "shop": 3, "offers": 3, "analytics": 4, "old_shop": 5}
OWN_MODELS = [model for model in apps.get_models() if model._meta.app_label in LAYERS]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "letters" not in path.parts)


def foreign_keys(model: type[Model]) -> list[ForeignKey]:
    return [
        field for field in model._meta.get_fields() if isinstance(field, ForeignKey) and field.related_model is not None
    ]


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_downwards_or_stay_at_home(model):
    here = model._meta.app_label
    for key in foreign_keys(model):
        there = key.related_model._meta.app_label
        assert there == here or LAYERS.get(there, -1) < LAYERS[here], f"{key} points up or sideways"


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_nothing_reaches_up_by_a_reverse_name(model):
    here = model._meta.app_label
    for key in foreign_keys(model):
        if key.related_model._meta.app_label != here:
            assert key.remote_field.related_name == "+", f"{key} gives the app below a way up"


def test_the_environment_is_read_in_settings_alone():
    readers = [
        path.relative_to(ROOT)
        for app in (*LAYERS, "config")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text())
    ]
    allowed = {Path("config/wsgi.py"), Path("config/settings_test.py")}

    assert set(readers) <= allowed


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_page_needs_an_inline_script_or_style(path):
    text = path.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"hx-on|hx-vals=[\"']js:", text)
    for script in re.findall(r"<script[^>]*>", text):
        # Data for search engines is no code.
        assert "src=" in script or script == '<script type="application/ld+json">'


def test_money_is_never_a_float():
    offenders = [
        f"{model._meta.label}.{field.name}"
        for model in OWN_MODELS
        for field in model._meta.get_fields()
        if field.__class__.__name__ == "FloatField"
    ]

    assert offenders == []


def test_email_is_spelt_one_way():
    sources = [path for app in (*LAYERS, "config", "templates") for path in (ROOT / app).rglob("*.*")]
    offenders = [
        path.relative_to(ROOT)
        for path in sources
        if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts
        if re.search(r"\be-mail", path.read_text(), re.IGNORECASE)
    ]

    assert offenders == []
