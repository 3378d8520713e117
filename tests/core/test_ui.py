"""What every template shares: amounts, icons, fields and the summary of errors."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.utils import timezone

from core.templatetags import ui
from core.views import csrf_failure

FORBIDDEN = re.compile(
    r"\sstyle=|<style|\shx-on|\son[a-z]+=[\"']|<script(?![^>]*(?:\ssrc=|application/ld\+json))[^>]*>"
)
COMMENT = re.compile(r"{#.*?#}")


class DetailsForm(forms.Form):
    """A form of each kind of control."""

    email = forms.EmailField(help_text="For your receipt.", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(required=False)
    way = forms.ChoiceField(choices=[("post", "By post"), ("here", "Collect")], widget=forms.RadioSelect)
    is_agreed = forms.BooleanField(label="I agree")

    def clean(self) -> None:
        self.add_error(None, "Nothing fits together")


def render(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def field(name: str, data: dict[str, str] | None = None) -> str:
    return render_to_string("components/field.html", {"field": DetailsForm(data)[name]})


@pytest.mark.parametrize(("amount", "words"), [(Decimal("185.00"), "€185"), (Decimal("4.9"), "€4.90"), (None, "")])
def test_an_amount_is_written_as_people_read_it(amount, words):
    assert ui.eur(amount) == words


def test_a_price_carries_its_value_and_what_it_was():
    price = render_to_string("components/price.html", {"amount": Decimal("86.00"), "was": Decimal("98.00")})

    assert '<data class="price" value="86.00">€86</data>' in price
    assert '<s class="price__was"><span class="visually-hidden">was </span>€98</s>' in price


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=7, minutes=-1), "7 days"),
        (timedelta(days=2, hours=11), "2 days"),
        (timedelta(hours=48, minutes=-1), "2 days"),
        (timedelta(hours=24, minutes=-1), "24 hours"),
        (timedelta(hours=2, minutes=10), "2 hours"),
        (timedelta(minutes=91), "91 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=-1), "0 minutes"),
    ],
)
def test_the_time_left_is_said_to_the_nearest_unit(left, words):
    assert ui.time_left(timezone.now() + left).replace("\xa0", " ") == words


def test_an_icon_is_drawn_in_the_page_and_kept_from_screen_readers():
    drawn = render('{% icon "close" "small" %}')

    assert drawn.startswith('<svg class="icon icon--small" ')
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn


def test_a_field_ties_its_hint_to_its_control():
    html = field("email")

    assert '<label class="field__label" for="id_email">Email</label>' in html
    assert 'id="id_email_helptext">For your receipt.' in html
    assert 'aria-describedby="id_email_helptext"' in html
    assert 'autocomplete="email"' in html


def test_a_wrong_field_says_so_in_words_tied_to_its_control():
    html = field("email", {"email": "sam.example.com"})

    assert 'id="id_email_error"' in html
    assert '<span class="visually-hidden">Error: </span>Enter a valid email address.' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="sam.example.com"' in html


def test_a_field_that_may_stay_empty_says_optional_in_words():
    assert "(optional)" in field("phone")
    assert "(optional)" not in field("email")


def test_radio_answers_are_grouped_under_a_legend():
    html = field("way")

    assert html.count('type="radio"') == 2
    assert "<legend" in html
    assert '<label for="id_way_1">' in html


def test_a_lone_box_stands_before_its_label():
    html = field("is_agreed")

    assert html.index('type="checkbox"') < html.index("I agree")


def test_the_summary_lists_every_error_in_page_order_with_links_to_the_controls():
    html = render("{% error_summary form %}", form=DetailsForm({"email": "sam.example.com", "is_agreed": "on"}))

    assert 'role="alert"' in html
    assert "There is a problem" in html
    places = [
        html.index(part)
        for part in (
            "<li>Nothing fits together</li>",
            '<a href="#id_email">Enter a valid email address.</a>',
            '<a href="#id_way_0">This field is required.</a>',
        )
    ]
    assert places == sorted(places)


def test_there_is_no_summary_without_errors():
    assert render("{% error_summary form %}", form=DetailsForm()).strip() == ""


def test_no_page_template_needs_what_the_strict_policy_forbids():
    pages = [
        path
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        # Letters are not pages: mail readers know no style sheets.
        if "letters" not in path.parts
    ]

    offending = {
        str(path.relative_to(settings.BASE_DIR)): found
        for path in pages
        if (found := FORBIDDEN.findall(COMMENT.sub("", path.read_text("utf-8"))))
    }

    assert offending == {}


def test_a_moment_is_said_as_shortly_as_it_can_be(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))

    assert ui.moment(datetime(2026, 11, 22, 14, 52, tzinfo=UTC)) == "14:52"
    assert ui.moment(datetime(2026, 11, 29, 18, 0, tzinfo=UTC)) == "Sun 29 Nov, 18:00"


@pytest.mark.parametrize("template", ["404_plain.html", "500.html", "503.html"])
def test_pages_of_trouble_need_no_database_and_no_context(template):
    page = render_to_string(template)

    assert "<h1>" in page
    assert 'rel="stylesheet"' in page


@pytest.mark.django_db
def test_a_page_that_is_not_here_keeps_the_search_and_a_way_on(client):
    page = client.get("/nothing/of/the/kind/")

    assert page.status_code == 404
    assert "That page is not here" in page.content.decode()
    assert 'role="search"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/pieces/tee/?size=M", "http://testserver/pieces/tee/?size=M"),
        ("http://elsewhere.example/pieces/tee/", "/basket/add/"),
        ("javascript:alert(1)", "/basket/add/"),
        ("", "/basket/add/"),
    ],
)
def test_a_form_that_was_too_old_leads_back_to_its_page(rf, came_from, leads_to):
    page = csrf_failure(rf.post("/basket/add/", headers={"Referer": came_from}))

    assert page.status_code == 403
    assert f'<a class="button" href="{leads_to}">Load the page again' in page.content.decode()
