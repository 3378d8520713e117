"""Letters: one text, and the HTML that is made of it."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import translation

from core.letters import render_letter
from core.models import SiteSettings

pytestmark = pytest.mark.django_db
BASKET = "http://127.0.0.1:8000/basket/"


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
    (templates / "hello.txt").write_text(
        "Subject: Hello\t{{ name }}\n\nDear {{ name }},\nwelcome.\n\n\nBasket: {{ site_url }}/basket/\n"
    )
    return "hello"


def letter_of(templates: Path, *paragraphs: str, **context: str) -> str:
    """The HTML of a letter with these paragraphs."""
    (templates / "any.txt").write_text("\n\n".join(("Subject: News", *paragraphs)))
    return render_letter("any", context).html


def test_the_first_line_of_the_text_is_the_subject(hello: str) -> None:
    letter = render_letter(hello, {"name": "Áine"})

    assert letter.subject == "Hello Áine"
    assert letter.text.startswith("Dear Áine,\nwelcome.\n\nBasket: ")


def test_text_keeps_an_apostrophe_and_html_escapes_a_tag(hello: str) -> None:
    letter = render_letter(hello, {"name": "O'Neill <b>"})

    assert letter.subject == "Hello O'Neill <b>"
    assert "Dear O'Neill <b>," in letter.text
    assert "Dear O&#x27;Neill &lt;b&gt;," in letter.html


def test_both_parts_say_who_writes_and_how_to_answer(hello: str) -> None:
    SiteSettings(name="Rail", contact_email="rail@example.com", address="1 High Street\nCork").save()

    letter = render_letter(hello, {"name": "Áine"})

    assert letter.text.endswith("-- \nRail\n1 High Street\nCork\nQuestions: rail@example.com\nhttp://127.0.0.1:8000\n")
    assert "1 High Street<br>Cork" in letter.html
    assert "mailto:rail@example.com" in letter.html


def test_a_button_comes_with_its_address_as_text(hello: str) -> None:
    letter = render_letter(hello, {"name": "Áine"})

    assert letter.html.count(BASKET) == 3


def test_only_the_first_address_becomes_a_button(templates: Path) -> None:
    html = letter_of(templates, "Basket: {{ site_url }}/basket/", "No more letters: {{ site_url }}/stop/")

    assert html.count('class="button"') == 1
    assert html.count("http://127.0.0.1:8000/stop/") == 1


def test_an_address_of_others_is_words_only(templates: Path) -> None:
    html = letter_of(templates, "{{ title }}", title="Pay here: https://evil.example/")

    assert "<a" not in html.partition("<h1")[2].partition("</td>")[0]


def test_an_address_that_only_begins_as_ours_is_words_only(templates: Path) -> None:
    html = letter_of(templates, "{{ title }}", title="Pay here: http://127.0.0.1:8000.evil.example/")

    assert "<a" not in html.partition("<h1")[2].partition("</td>")[0]


def test_amounts_stand_in_rows_with_the_total_in_bold(templates: Path) -> None:
    html = letter_of(
        templates, "Jacket: €92\nJean, 32: €45.50 (mark)\nTotal: €137.50", "If you do nothing you keep them."
    )

    assert [">Jacket<" in html, ">€92<" in html, ">€45.50 (mark)<" in html] == [True] * 3
    assert html.count('font-weight:700;">Total<') == 1
    assert ">If you do nothing you keep them.<" in html


def test_pieces_with_an_address_each_are_links(templates: Path) -> None:
    html = letter_of(templates, "Jacket\n{{ site_url }}/pieces/jacket/\nTee\n{{ site_url }}/pieces/tee/")

    assert html.count('<a class="plain" href="http://127.0.0.1:8000/pieces/') == 2
    assert 'class="button"' not in html


def test_a_code_is_shown_large(templates: Path) -> None:
    assert 'letter-spacing:0.08em;">K7QX2P<' in letter_of(templates, "Your code:", "{{ code }}", code="K7QX2P")


def test_a_line_break_in_a_name_cannot_reach_the_subject(hello: str) -> None:
    letter = render_letter(hello, {"name": "Eve\r\nBcc: all@example.com"})

    assert letter.subject == "Hello Eve"


def test_a_subject_is_cut_to_what_a_mail_program_shows(hello: str) -> None:
    letter = render_letter(hello, {"name": "a" * 200})

    assert len(letter.subject) == 78


def test_a_letter_is_in_english_whatever_language_the_page_has(templates: Path) -> None:
    (templates / "day.txt").write_text('Subject: {{ day|date:"l" }}\n\nSee you.')

    with translation.override("de"):
        letter = render_letter("day", {"day": date(2026, 11, 22)})

    assert letter.subject == "Sunday"


def test_a_text_without_a_subject_is_refused(templates: Path, hello: str) -> None:
    (templates / "hello.txt").write_text("Dear all")

    with pytest.raises(ValueError, match=r"letters/hello\.txt does not open with"):
        render_letter(hello, {})
