"""Who may see and use which address: the decision for every page of the project, in one table.

A page that is not in here fails `test_permissions.py`. Write down who it is for, then its tests follow.
"""

from dataclasses import dataclass
from enum import Enum


class For(Enum):
    """Kinds of people that a page is for."""

    ANYONE = "anyone, who may be nobody in particular"
    SIGNED_IN = "whoever is signed in, about themselves"
    SECOND_STEP = "whoever is signed in and has a second step"
    OWNER = "the one shopper whose row it is; all others are told that it is not there"
    SELLER = "whoever came by the submission's link, and its owner; all others get the page that says nothing"
    PHOTO = "as SELLER, and staff who may see such photos"
    WRITER = "the browser that writes a draft, about its own draft"
    PIECE = "the browser that writes this very draft"
    STAFF = "staff with a permission"
    ANY_STAFF = "all staff: it shows nothing but what they may see anyway, or leads on"
    THEIR_APPS = "staff who may see anything of the app"
    SUPERUSER = "superusers"
    NOBODY = "nobody at all, superusers included"
    DOOR = "anyone, as part of signing in: what it shows depends on how far one has come with that"
    NOTHING = "nobody: there is no page here"


@dataclass(frozen=True)
class Rule:
    """Who may look, and who may send a form there.

    Each of `needs` opens the page alone; several permissions that are needed together are joined by "+". `post` says
    it of forms, where that differs: None is the same, an empty tuple nobody, SUPERUSERS only them.
    """

    kind: For
    needs: tuple[str, ...] = ()
    post: tuple[str, ...] | None = None


SUPERUSERS = ("superuser",)


def staff_with(*needs: str, post: tuple[str, ...] | None = None) -> Rule:
    """For staff with one of these permissions."""
    return Rule(For.STAFF, needs, post)


def _rows(kinds: str, *models: str) -> dict[str, Rule]:
    """The pages that the admin makes for a model by itself; `kinds` are what people with the permission may do."""
    rules = {}
    for model in models:
        app, name = model.split(".")
        may = {kind: f"{app}.{kind}_{name}" for kind in ("view", "add", "change", "delete")}
        look = (may["view"], may["change"]) if "view" in kinds else ()
        at = f"admin:{app}_{name}"
        rules[f"{at}_changelist"] = staff_with(*look)
        rules[f"{at}_history"] = staff_with(*look)
        rules[f"{at}_change"] = staff_with(*look, post=(may["change"],) if "change" in kinds else ())
        for kind in ("add", "delete"):
            rules[f"{at}_{kind}"] = staff_with(may[kind]) if kind in kinds else Rule(For.NOBODY)
    return rules


def _steps(model: str, verb: str, *names: str) -> dict[str, Rule]:
    return {f"admin:{model}_{name}": staff_with(verb) for name in names}


REVIEW, OFFER, COUNTER = "offers.review_submission", "offers.make_offer", "offers.answer_counter"
RECEIVE, INSPECT = "offers.receive_pieces", "offers.inspect_pieces"
APPROVE, SETTLE, SEND = "offers.approve_payout", "offers.settle_payout", "offers.send_payout"
JUDGE, STOCK, LINKS, BARGAIN = (
    "offers.judge_held_pieces",
    "offers.stock_pieces",
    "offers.send_links",
    "offers.answer_productoffer",
)
DESK = (RECEIVE, INSPECT, APPROVE, SETTLE)
SUBMISSION, PIECE, PAYOUT = "offers_sellsubmission", "offers_sellitem", "offers_payout"
BUTTONS = {
    RECEIVE: ("receive", "extra", "missing", "nothing", "agree"),
    INSPECT: ("photo", "pass", "fine", "uplift", "requote", "give_back", "hold", "revision", "answer"),
    APPROVE: ("approve_cash",),
    SETTLE: ("pay_cash",),
}

BUYING_PAGES = {
    # Before anything is sent.
    "offers:gate": Rule(For.ANYONE),
    "offers:link": Rule(For.ANYONE),  # whoever has the link
    "offers:resume": Rule(For.ANYONE),
    "offers:link_again": Rule(For.ANYONE),
    "offers:pieces": Rule(For.WRITER),
    "offers:add_piece": Rule(For.WRITER),
    "offers:contact": Rule(For.WRITER),
    "offers:send_draft_link": Rule(For.WRITER),
    "offers:check": Rule(For.WRITER),
    **{
        f"offers:{name}": Rule(For.PIECE)
        for name in ("piece", "everything", "upload", "duplicate", "remove_piece", "restore_piece", "question")
    },
    # A submission.
    "offers:photo": Rule(For.PHOTO, ("offers.view_sellphoto",)),
    **{
        f"offers:{name}": Rule(For.SELLER)
        for name in (
            "submission",
            "sent",
            "answer",
            "counter",
            "revision",
            "new_offer",
            "reply",
            "write",
            "more_photos",
            "walk_away",
            "cash",
            "payout",
            "payout_code",
            "withdraw",
            "again",
            "data",
            "document",
        )
    },
    "offers:my_submissions": Rule(For.SIGNED_IN),
    # Offers on pieces.
    "offers:make_offer": Rule(For.ANYONE),
    "offers:my_offers": Rule(For.SIGNED_IN),
    "offers:offer": Rule(For.OWNER),
    "offers:answer_offer": Rule(For.OWNER),
}

BUYING_DESK = {
    **_rows(
        "view",
        "offers.productoffer",
        "offers.offerban",
        "offers.payout",
        "offers.buyindocument",
        "offers.sellitem",
        "offers.sellphoto",
        "offers.selloffer",
        "offers.inspection",
        "offers.internalnote",
        "offers.sellermessage",
        "offers.seller",
        "offers.payoutaccount",
    ),
    **_rows("view add", "offers.sellsubmission"),
    **_rows("view add change delete", "offers.buyingrule", "offers.offerrule"),
    **_rows("view change", "offers.buyingsettings"),
    "admin:offers_buyingsettings_changelist": Rule(For.ANY_STAFF),  # leads to the one row
    **_steps(
        SUBMISSION, REVIEW, "decide", "claim", "ask", "reply", "answered", "stop_asking", "decline", "close_stalled"
    ),
    **_steps(SUBMISSION, OFFER, "offer", "withdraw_offer"),
    **_steps(SUBMISSION, COUNTER, "accept_counter", "decline_counter"),
    **_steps(SUBMISSION, "offers.call_off_deal", "call_off"),
    **_steps(SUBMISSION, "offers.mark_spam", "mark_spam"),
    **_steps(SUBMISSION, "offers.write_notes", "write_note"),
    **_steps(SUBMISSION, LINKS, "copy_text", "send_link", "revoke_links"),
    f"admin:{SUBMISSION}_to_desk": staff_with(RECEIVE, INSPECT),
    f"admin:{SUBMISSION}_to_door": staff_with(*DESK),
    f"admin:{SUBMISSION}_desk": staff_with(*DESK),
    f"admin:{SUBMISSION}_door": staff_with(*DESK),
    f"admin:{SUBMISSION}_labels": staff_with(*DESK),
    **{f"admin:{SUBMISSION}_press {name}": staff_with(verb) for verb, names in BUTTONS.items() for name in names},
    **_steps(PIECE, STOCK, "to_stock", "stock", "to_shelf"),
    **_steps(PIECE, "offers.return_pieces", "hand_back"),
    **_steps(PIECE, JUDGE, "judge", "dispose", "walk_away"),
    **_steps(PAYOUT, APPROVE, "approve", "type_account"),
    **_steps(PAYOUT, SETTLE, "settle", "settle_cash"),
    **_steps(PAYOUT, SEND, "bank_file", "mark_sent"),
    **_steps(PAYOUT, "offers.fail_payout", "fail"),
    **_steps(PAYOUT, "offers.cancel_payout", "cancel"),
    **_steps(PAYOUT, "offers.reveal_iban", "reveal", "iban"),
    **_steps(PAYOUT, "offers.view_buyindocument", "document", "stock_book"),
    "admin:offers_buyindocument_print": staff_with("offers.view_buyindocument", "offers.change_buyindocument"),
    **{
        f"admin:offers_productoffer_{name}": staff_with("offers.view_productoffer", "offers.change_productoffer")
        for name in ("by_piece", "held")
    },
    **_steps("offers_productoffer", BARGAIN, "accept", "counter", "decline", "take_back", "end_hold"),
    **_steps("offers_offerban", BARGAIN, "block", "unblock"),
    **_steps("offers_seller", "offers.forget_seller", "forget"),
    **_steps("offers_seller", "offers.unblock_seller", "unblock"),
}

SHOP_PAGES = {
    **{
        f"shop:{name}": Rule(For.ANYONE)
        for name in (
            "home",
            "list",
            "category",
            "brand",
            "search",
            "suggest",
            "product",
            "text",
            "basket",
            "basket_add",
            "basket_change",
            "basket_carry_on",
            "checkout",
            "checkout_delivery",
            "checkout_review",
            # Whoever has the secret of the address.
            "order",
            "order_cancel",
            "order_extend",
            "wishlist",
            "wishlist_keep",
            "tell_me",
            # Whoever has the letter.
            "confirm_letters",
            "stop_letters",
            "join_line",
            "place",
        )
    },
    **{
        f"machines:{name}": Rule(For.ANYONE)
        for name in (
            "robots",
            "sitemap",
            "sitemap_of",
            "arrivals_rss",
            "arrivals_atom",
            "category_rss",
            "category_atom",
            "products_feed",
        )
    },
    "shop:wishlist_letters": Rule(For.SIGNED_IN),
    "shop:forget_search": Rule(For.OWNER),
    "shop:account": Rule(For.SIGNED_IN),
    "shop:basket_take_up": Rule(For.SIGNED_IN),
    "accounts:my_data": Rule(For.SIGNED_IN),
    "accounts:close": Rule(For.SIGNED_IN),
    "accounts:address_list": Rule(For.SIGNED_IN),
    "accounts:address_add": Rule(For.SIGNED_IN),
    "accounts:address_edit": Rule(For.OWNER),
    "accounts:address_delete": Rule(For.OWNER),
    "accounts:address_default": Rule(For.OWNER),
    "health": Rule(For.ANYONE),
    "theme": Rule(For.ANYONE),
    "styleguide": Rule(For.ANY_STAFF),
    # Nobody's letters: made-up ones.
    **{name: Rule(For.ANY_STAFF) for name in ("letters", "letter", "letter_frame")},
    "media": Rule(For.ANYONE),
    # The sign-in library's own.
    **{
        f"account_{name}": Rule(For.ANYONE)
        for name in (
            "login",
            "logout",
            "inactive",
            "signup",
            "reset_password",
            "reset_password_done",
            "reset_password_from_key",
            "reset_password_from_key_done",
            "request_login_code",
        )
    },
    "account_email_verification_sent": Rule(For.DOOR),
    "account_confirm_login_code": Rule(For.DOOR),
    "mfa_authenticate": Rule(For.DOOR),
    **{
        f"account_{name}": Rule(For.SIGNED_IN)
        for name in ("reauthenticate", "email", "change_password", "set_password")
    },
    **{
        f"mfa_{name}": Rule(For.SIGNED_IN)
        for name in ("index", "reauthenticate", "activate_totp", "generate_recovery_codes")
    },
    # Not there for whoever has no second step.
    **{
        f"mfa_{name}": Rule(For.SECOND_STEP)
        for name in ("deactivate_totp", "view_recovery_codes", "download_recovery_codes")
    },
}

OTHER_DESKS = {
    **_rows(
        "view",
        "core.auditentry",
        "core.outboxmessage",
        "core.jobrun",
        "django_tasks_database.dbtaskresult",
        "account.emailaddress",
        "mfa.authenticator",
        "auth.group",
        "inventory.stockmove",
        "inventory.reservation",
        "inventory.pricechange",
        "shop.cart",
        "shop.wishlist",
        "shop.savedsearch",
        "shop.placeinline",
        "shop.order",
        "shop.payment",
    ),
    **_rows("view change", "core.sitesettings", "shop.shopsettings", "inventory.stockitem"),
    **_rows(
        "view add change delete",
        "accounts.user",
        "accounts.address",
        "inventory.conditionwording",
        "inventory.synonyms",
        "inventory.category",
        "inventory.brand",
        "inventory.product",
        "shop.contentpage",
        "shop.deliverymethod",
    ),
    "admin:core_sitesettings_changelist": Rule(For.ANY_STAFF),
    "admin:shop_shopsettings_changelist": Rule(For.ANY_STAFF),
    "admin:auth_group_change": staff_with("auth.view_group", "auth.change_group", post=SUPERUSERS),
    "admin:auth_group_add": Rule(For.SUPERUSER),
    "admin:auth_group_delete": Rule(For.SUPERUSER),
    "admin:mfa_authenticator_delete": Rule(For.SUPERUSER),
    # A new user's page takes a password: the admin asks for both.
    "admin:accounts_user_add": staff_with("accounts.add_user+accounts.change_user"),
    "admin:auth_user_password_change": staff_with("accounts.change_user"),
    **_steps("core_outboxmessage", "core.change_outboxmessage", "send_again"),
    **_steps(
        "inventory_stockitem", "inventory.change_stockitem", "sell_over_the_counter", "take_in", "count", "write_off"
    ),
    **_steps("inventory_product", "inventory.add_stockitem", "add_lot"),
    **_steps("inventory_product", "inventory.add_photo", "add_photos"),
    **_steps("inventory_product", "inventory.change_product", "change_address"),
    **_steps("shop_order", "shop.change_order", "confirm", "pack", "ship", "mark_ready", "complete", "cancel"),
    "admin:shop_order_packing_slip": staff_with("shop.view_order", "shop.change_order"),
    "admin:analytics_dashboard": staff_with("analytics.view_dashboard"),
    **_rows("view", "analytics.dailyfigure"),
    "admin:analytics_dailyfigure_changelist": Rule(For.ANY_STAFF),  # leads to the page of figures
    "admin:analytics_dailyfigure_change": staff_with("analytics.view_dashboard", post=()),
    "admin:analytics_dailyfigure_history": staff_with("analytics.view_dashboard"),
    **{
        f"admin:{name}": Rule(For.ANY_STAFF)
        for name in (
            "index",
            "search",
            "password_change",
            "password_change_done",
            "jsi18n",
            "view_on_site",
            "(short)",  # leads to the page of a row, which asks
        )
    },
    "admin:app_list": Rule(For.THEIR_APPS),
    "admin:autocomplete": staff_with("inventory.view_category", "inventory.change_category"),
    "admin:login": Rule(For.DOOR),
    "admin:logout": Rule(For.ANYONE),
    "admin:(any other)": Rule(For.NOTHING),
}

# Mail programs stop letters by a POST without any form of ours (RFC 8058); the signed link is its proof.
# A colour is kept in a cookie and nowhere else; a form token on every page would give everybody another one.
NO_FORM = {"shop:stop_letters", "theme"}

TABLE = {**BUYING_PAGES, **BUYING_DESK, **SHOP_PAGES, **OTHER_DESKS}
