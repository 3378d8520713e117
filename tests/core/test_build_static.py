"""The command that makes the web fonts and the one style sheet."""

import re

import pytest
from django.conf import settings as live
from django.core.management import call_command
from fontTools.ttLib import TTFont

from core.management.commands import build_static


@pytest.fixture
def sources(tmp_path):
    """A small set of sheets, in no useful order of names."""
    css = tmp_path / "css"
    (css / "components").mkdir(parents=True)
    (css / "tokens.css").write_text("/* colours */\n@layer tokens { :root { --ink: black; } }\n")
    (css / "base.css").write_text("@layer base { body { color: var(--ink); } }\n")
    (css / "components" / "card.css").write_text("@layer components { .card { color: red; } }\n")
    (css / "utilities.css").write_text("@layer utilities { .quiet { color: grey; } }\n")
    return css


def test_sheets_are_joined_in_layer_order_without_comments(sources, tmp_path):
    target = tmp_path / "build" / "site.css"

    assert build_static.join_sheets(sources, target) is True

    sheet = target.read_text()
    assert sheet.startswith("@layer reset, tokens, base, layout, components, utilities;")
    assert "colours" not in sheet
    places = [sheet.index(part) for part in (":root", "body", ".card", ".quiet")]
    assert places == sorted(places)


def test_a_sheet_that_has_not_changed_is_left_alone(sources, tmp_path):
    target = tmp_path / "site.css"
    build_static.join_sheets(sources, target)

    assert build_static.join_sheets(sources, target) is False

    (sources / "base.css").write_text("@layer base { body { color: blue; } }\n")
    assert build_static.join_sheets(sources, target) is True
    assert "blue" in target.read_text()


@pytest.mark.slow
def test_the_command_makes_two_small_fonts_and_one_sheet_once(settings, tmp_path, capsys):
    static = tmp_path / "static"
    static.mkdir()
    (static / "css").symlink_to(live.STATICFILES_DIRS[0] / "css")
    settings.STATICFILES_DIRS = [static]

    call_command("build_static")
    call_command("build_static")

    assert capsys.readouterr().out.splitlines() == [
        "fonts: made, site.css: made",
        "fonts: unchanged, site.css: unchanged",
    ]
    fonts = sorted((static / "build" / "fonts").glob("*.woff2"))
    assert [path.name for path in fonts] == ["archivo-text.woff2", "archivo-wide.woff2"]
    assert sum(path.stat().st_size for path in fonts) < 40_000
    assert {0x41, 0xE9, 0x20AC} <= TTFont(fonts[0]).getBestCmap().keys()
    # Every file the sheet asks for is there, from where the sheet is served.
    sheet = static / "build" / "site.css"
    for address in re.findall(r'url\("([^"]+)"\)', sheet.read_text()):
        assert (sheet.parent / address).resolve().is_file()
