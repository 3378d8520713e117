"""What the old shop called things, and what we call them."""

import re

from inventory.models import Condition, SizeScale
from inventory.rules.sizes import OLD_CODES
from offers.models import ProductOffer, Seller, SellItem, SellSubmission
from shop.models import Order

# Products: what is left of them.
LEFT, RESERVED, SOLD, REMOVED = "left", "reserved", "sold", "removed"
PRODUCTS = {
    "available": LEFT,
    "active": LEFT,
    "in_stock": LEFT,
    "hidden": LEFT,
    "draft": LEFT,
    "reserved": RESERVED,
    "sold": SOLD,
    "sold_out": SOLD,
    "removed": REMOVED,
    "deleted": REMOVED,
    "archived": REMOVED,
}
NOT_SHOWN = {"hidden", "draft", "removed", "deleted", "archived"}

ORDERS = {
    "pending": Order.Status.PENDING,
    "confirmed": Order.Status.CONFIRMED,
    "paid": Order.Status.CONFIRMED,
    "processing": Order.Status.CONFIRMED,
    "packed": Order.Status.PACKED,
    "ready": Order.Status.READY,
    "shipped": Order.Status.SHIPPED,
    "dispatched": Order.Status.SHIPPED,
    "delivered": Order.Status.COMPLETED,
    "collected": Order.Status.COMPLETED,
    "completed": Order.Status.COMPLETED,
    "cancelled": Order.Status.CANCELLED,
    "canceled": Order.Status.CANCELLED,
    "rejected": Order.Status.CANCELLED,
    "expired": Order.Status.EXPIRED,
}

_Close = SellSubmission.CloseReason
# Whatever was being talked about comes back as received: the old shop kept no lines an offer could be made of.
OPEN_SUBMISSIONS = {
    "pending",
    "submitted",
    "new",
    "reviewing",
    "in_review",
    "offer_sent",
    "counter_offer",
    "countered",
    "accepted",
    "approved",
}
CLOSED_SUBMISSIONS = {
    "rejected": _Close.DECLINED,
    "declined": _Close.DECLINED,
    "refused": _Close.REFUSED,
    "expired": _Close.EXPIRED,
    "cancelled": _Close.WITHDRAWN,
    "withdrawn": _Close.WITHDRAWN,
    "spam": _Close.SPAM,
    "paid": _Close.COMPLETED,
    "completed": _Close.COMPLETED,
    "purchased": _Close.COMPLETED,
}
PIECES = {
    _Close.DECLINED: SellItem.Status.DECLINED,
    _Close.SPAM: SellItem.Status.DECLINED,
    _Close.COMPLETED: SellItem.Status.DISPOSED,
}

_Offer = ProductOffer.Status
# An accepted offer held nothing in the old shop, and a live one comes to its end with the move.
OFFERS = {
    "pending": _Offer.EXPIRED,
    "live": _Offer.EXPIRED,
    "accepted": _Offer.EXPIRED,
    "expired": _Offer.EXPIRED,
    "rejected": _Offer.DECLINED,
    "declined": _Offer.DECLINED,
    "countered": _Offer.COUNTERED,
    "withdrawn": _Offer.WITHDRAWN,
    "cancelled": _Offer.WITHDRAWN,
}

GRADES = {
    "new": Condition.NEW_TAGGED,
    "bn": Condition.NEW_TAGGED,
    "brand_new": Condition.NEW_TAGGED,
    "brand_new_tagged": Condition.NEW_TAGGED,
    "new_tagged": Condition.NEW_TAGGED,
    "new_with_tags": Condition.NEW_TAGGED,
    "excellent": Condition.LIKE_NEW,
    "like_new": Condition.LIKE_NEW,
    "mint": Condition.MINT,
    "po": Condition.MINT,
    "pre_owned": Condition.MINT,
    "good": Condition.DECENT,
    "decent": Condition.DECENT,
    "fair": Condition.DECENT,
    "poor": Condition.POOR,
}
CHANNELS = {
    "email": Seller.Channel.EMAIL,
    "e_mail": Seller.Channel.EMAIL,
    "whatsapp": Seller.Channel.WHATSAPP,
    "instagram": Seller.Channel.INSTAGRAM,
    "snapchat": Seller.Channel.SNAPCHAT,
    "phone": Seller.Channel.PHONE,
    "sms": Seller.Channel.PHONE,
}
CLOTHING, SETS, SHOES, UNSORTED = "Clothing", "Sets", "Shoes", "Unsorted"


def category_of(code: str, size: str) -> tuple[str, str]:
    """The name and the size scale of the category that a code means; other words are categories of their own."""
    if code.upper() not in OLD_CODES:
        return (code[:60] or UNSORTED), SizeScale.FREE
    if code.upper().endswith("SHOES"):
        return SHOES, SizeScale.SHOES_UK
    # The code fused sets with single clothes: only a size that names both parts is a set's.
    return (SETS, SizeScale.SET) if "TOP" in size.upper() else (CLOTHING, SizeScale.CLOTHES)


def grade_of(code: str, condition: str) -> Condition:
    """The grade; "new" was the column's default, so of something pre-owned it says nothing."""
    usual = OLD_CODES[code.upper()][0] if code.upper() in OLD_CODES else None
    told = GRADES.get(condition)
    if told is None or (told == Condition.NEW_TAGGED and code.upper().startswith("PO-")):
        return usual or Condition.DECENT
    return told


def size_of(text: str) -> str:
    """A size as our scales write it: "UK-8-5" and "8-5" are 8.5."""
    return re.sub(r"^UK[\s-]*", "", text, flags=re.I) if re.match(r"^UK[\s-]*\d", text, re.I) else text
