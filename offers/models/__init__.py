"""Buying in, and bargaining."""

from offers.models.bids import OfferBan, ProductOffer
from offers.models.deals import Inspection, InternalNote, SellerMessage, SellOffer, SellOfferLine
from offers.models.payouts import BuyInDocument, Payout, PayoutAccount
from offers.models.settings import BuyingRule, BuyingSettings, OfferRule
from offers.models.submissions import Seller, SellItem, SellPhoto, SellSubmission

__all__ = [
    "BuyInDocument",
    "BuyingRule",
    "BuyingSettings",
    "Inspection",
    "InternalNote",
    "OfferBan",
    "OfferRule",
    "Payout",
    "PayoutAccount",
    "ProductOffer",
    "SellItem",
    "SellOffer",
    "SellOfferLine",
    "SellPhoto",
    "SellSubmission",
    "Seller",
    "SellerMessage",
]
