"""Letters: one text and one HTML part from two small templates."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from core.letters import render_letter
from core.models import SiteSettings


@pytest.fixture
def templates(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder for letters of one test, before the shop's own."""
    folders = [tmp_path, settings.BASE_DIR / "templates"]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": folders}]
    (tmp_path / "letters").mkdir()
    return tmp_path / "letters"


@pytest.fixture
def hello(templates: Path) -> str:
    """The name of a letter to somebody called `name`."""
    (templates / "hello.txt").write_text("Subject: Hello\t{{ name }}\n\nDear {{ name }},\nwelcome.\n")
    (templates / "hello.html").write_text(
        '{% extends "letters/base.html" %}{% block body %}<p>Dear {{ name }}</p>'
        '{% include "letters/_button.html" with url=site_url|add:"/basket/" label="Basket" only %}{% endblock %}'
    )
    return "hello"


@pytest.mark.django_db
def test_the_first_line_of_the_text_is_the_subject(hello: str) -> None:
    letter = render_letter(hello, {"name": "Áine"})

    assert letter.subject == "Hello Áine"
    assert letter.text.startswith("Dear Áine,\nwelcome.\n")


@pytest.mark.django_db
def test_text_keeps_an_apostrophe_and_html_escapes_a_tag(hello: str) -> None:
    letter = render_letter(hello, {"name": "O'Neill <b>"})

    assert letter.subject == "Hello O'Neill <b>"
    assert "Dear O'Neill <b>," in letter.text
    assert "<p>Dear O&#x27;Neill &lt;b&gt;</p>" in letter.html


@pytest.mark.django_db
def test_both_parts_say_who_writes_and_how_to_answer(hello: str) -> None:
    SiteSettings(name="Rail", contact_email="rail@example.com", address="1 High Street\nCork").save()

    letter = render_letter(hello, {"name": "Áine"})

    assert letter.text.endswith("-- \nRail\n1 High Street\nCork\nQuestions: rail@example.com\nhttp://127.0.0.1:8000\n")
    assert "1 High Street<br>Cork" in letter.html
    assert "mailto:rail@example.com" in letter.html


@pytest.mark.django_db
def test_a_button_comes_with_its_address_as_text(hello: str) -> None:
    letter = render_letter(hello, {"name": "Áine"})

    assert letter.html.count("http://127.0.0.1:8000/basket/") == 3


@pytest.mark.django_db
def test_a_line_break_in_a_name_cannot_reach_the_subject(templates: Path, hello: str) -> None:
    letter = render_letter(hello, {"name": "Eve\r\nBcc: all@example.com"})

    assert letter.subject == "Hello Eve"


@pytest.mark.django_db
def test_a_text_without_a_subject_is_refused(templates: Path, hello: str) -> None:
    (templates / "hello.txt").write_text("Dear all")

    with pytest.raises(ValueError, match=r"letters/hello\.txt does not open with"):
        render_letter(hello, {})


@pytest.mark.django_db
def test_a_button_takes_the_place_of_its_own_paragraph_only(templates: Path) -> None:
    parts = [
        "Subject: Our offer",
        "Jacket: €92\nJean, 32: €45.50 (mark)",
        "If you do nothing you keep them.",
        "{{ link }}",
    ]
    (templates / "offer.txt").write_text("\n\n".join(parts))

    letter = render_letter(
        "offer", {"link": "https://shop.example/x/", "button": "See it"}, html_template="offers/letter"
    )

    assert "<p>If you do nothing you keep them.</p>" in letter.html
    assert letter.html.count("https://shop.example/x/") == 3
    assert [">Jacket<" in letter.html, ">€92<" in letter.html, ">€45.50 (mark)<" in letter.html] == [True] * 3


@pytest.mark.parametrize("name", ["offer", "revision", "received", "question"])
def test_what_a_seller_must_know_shares_no_paragraph_with_the_link(name: str) -> None:
    text = (Path("templates/letters/offers") / f"{name}.txt").read_text()

    with_link = text.strip().split("\n\n")[-1]
    assert "{{ link }}" in with_link
    assert "do nothing" not in with_link
    assert "Keep this" not in with_link
