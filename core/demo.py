"""One sample of everything that a component can show, for the styleguide: plain values, no row of any table."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.templatetags.static import static

GRADES = ("Poor", "Decent", "Mint", "Like new", "Brand new")


class SampleForm(forms.Form):
    """A field of each kind."""

    email = forms.EmailField(label="Email", help_text="For your receipt and tracking.")
    name = forms.CharField(label="Full name")
    phone = forms.CharField(label="Phone", required=False)
    country = forms.ChoiceField(label="Country", choices=[("IE", "Ireland"), ("FR", "France")])
    note = forms.CharField(label="Anything we should know?", required=False, widget=forms.Textarea({"rows": 3}))
    way = forms.ChoiceField(
        label="How do we reach you?", widget=forms.RadioSelect, choices=[("email", "Email"), ("phone", "Phone")]
    )
    is_mine = forms.BooleanField(label="The pieces are mine to sell", error_messages={"required": "Tick this to go on"})


def samples(*, now: datetime) -> dict[str, Any]:
    """What the styleguide shows, by component."""
    until = now + timedelta(days=3)
    return {
        "forms": {
            "empty": SampleForm(auto_id="empty_%s"),
            "wrong": SampleForm({"email": "sam.example.com"}, auto_id="wrong_%s"),
        },
        "picture": _picture(),
        "photos": [
            {"picture": _picture(), "id": f"photo-{number}", "alt": f"Sample {number}", "large_url": static("icon.svg")}
            for number in (1, 2)
        ],
        "cards": _cards(now),
        "grid": list(_cards(now).values())[:2],
        "icons": sorted(path.stem for path in (settings.BASE_DIR / "templates/components/icons").glob("*.svg")),
        "chips": [{"name": name, "url": "#", "is_current": name == "Jackets"} for name in ("Everything", "Jackets")],
        "crumbs": [{"name": name, "url": "#"} for name in ("Shop", "Jackets", "Varsity jacket")],
        "applied": [{"name": "Up to €250", "url": "#"}, {"name": "Sold shown", "url": "#"}],
        "grades": [{"name": name, "is_current": name == "Mint"} for name in GRADES],
        "flaws": [{"text": "Faint mark on the left cuff", "photo_id": "photo-1", "photo_number": 1}],
        "lines": _lines(),
        "measured": [
            {"letter": letter, "name": name, "value": value}
            for letter, name, value in (("A", "Chest", "58"), ("B", "Length", "69"), ("", "Label size", "42"))
        ],
        "price": Decimal("86.00"),
        "was": Decimal("98.00"),
        "sizes": [
            {"value": "s", "label": "S", "note": "", "is_disabled": False},
            {"value": "m", "label": "M", "note": "last one", "is_disabled": False},
            {"value": "l", "label": "L", "note": "sold out", "is_disabled": True},
        ],
        "steps": [
            {"name": name, "url": "#", "state": state}
            for name, state in (("Details", "done"), ("Delivery", "current"), ("Review", "next"))
        ],
        "entries": [
            {"name": name, "detail": detail, "state": state}
            for name, detail, state in (
                ("Placed", "Sat 22 Nov, 14:36", "done"),
                ("On its way", "Tracking JD0146 0003 88", "current"),
                ("Delivered", "Expected Thu 27 Nov", "next"),
            )
        ],
        "until": until,
        "week": 7 * 86400,
        "left": 3 * 86400,
    }


def _picture() -> dict[str, Any]:
    return {"src": static("icon.svg"), "width": 960, "height": 1200, "srcset": "", "avif": ""}


def _cards(now: datetime) -> dict[str, dict[str, Any]]:
    """A card in each state of a piece, by the state's name."""
    plain: dict[str, Any] = {
        "url": "#",
        "slug": "varsity-jacket",
        "category_id": None,
        "brand": "Halden Athletic",
        "title": "Varsity jacket, bottle green",
        "meta": "Size L · Mint",
        "price": Decimal("86.00"),
        "was_price": None,
        "state": "",
        "tag": None,
        "picture": _picture(),
        "add_item_id": 1,
        "has_choice": False,
    }
    states: dict[str, dict[str, Any]] = {
        "As usual": {},
        "No photo": {"picture": None},
        "Last one": {"tag": {"label": "Last one", "kind": "tape"}},
        "Price drop": {"tag": {"label": "Now €86", "kind": ""}, "was_price": Decimal("98.00")},
        "Just in": {"tag": {"label": "Just in", "kind": ""}},
        "No price": {"price": None},
        "Several sizes": {"meta": "Brand new · S, M, XL", "add_item_id": None, "has_choice": True},
        "Reserved": {
            "state": "reserved",
            "tag": {"label": "Reserved", "kind": ""},
            "back_at": now + timedelta(minutes=20),
            "add_item_id": None,
        },
        "Sold": {
            "state": "sold",
            "tag": {"label": "Sold", "kind": "ink"},
            "sold_at": now - timedelta(days=9),
            "add_item_id": None,
        },
        "Long name": {"title": "Heavyweight garment-dyed pullover hoodie with a double-lined hood, washed black"},
    }
    return {name: plain | changes for name, changes in states.items()}


def _lines() -> list[dict[str, Any]]:
    """Basket lines: as it is, and with each thing that can have become of one."""
    plain = {"brand": "Plain Signal", "title": "Sunset print tee", "url": "#", "meta": "M · Brand new", "quantity": 1}
    told = (
        ("", ""),
        ("Now €52, was €58", "bad"),
        ("Held for you at €160 until Sat 18:00", "held"),
        ("Sold while it was here", "bad"),
    )
    return [
        plain | {"price": Decimal("38.00"), "note": note, "note_kind": kind, "is_gone": note.startswith("Sold")}
        for note, kind in told
    ]
