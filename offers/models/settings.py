"""What the shop buys and on which terms: rows that staff may change."""

from datetime import time, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from core.fields import MoneyField
from core.models import SingleRow
from inventory.models import Brand, Category, StockItem

AT_LEAST_ONE = [MinValueValidator(1)]


class BuyingSettings(SingleRow):
    """Timers, limits and words of buying in. Hours and days are whole; amounts are EUR."""

    is_open = models.BooleanField(default=True, help_text="Whether sellers may send us anything at all.")
    reply_promise = models.CharField(
        max_length=80, default="We answer within 2 opening hours.", help_text="Shown wherever we say when we answer."
    )
    letters_to = models.EmailField(
        blank=True,
        help_text="Where we are told of new submissions, answers, shoppers' offers and pieces held back. "
        "Empty: at the shop's own email.",
    )
    answer_hours = models.PositiveSmallIntegerField(
        default=2, validators=AT_LEAST_ONE, help_text="Opening hours until a submission should have its first answer."
    )
    opens_at = models.TimeField(default=time(10), help_text="Time for answers runs while the shop is open.")
    closes_at = models.TimeField(default=time(18))
    open_days = models.CharField(
        max_length=7,
        default="123456",
        validators=[RegexValidator("^[1-7]+$", "Use the digits 1 (Monday) to 7 (Sunday).")],
        help_text="1 is Monday, 7 is Sunday.",
    )
    offer_days = models.PositiveSmallIntegerField(
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text="How long an offer of ours stands.",
    )
    counter_hours = models.PositiveSmallIntegerField(
        default=48, validators=AT_LEAST_ONE, help_text="How long a seller's counter waits for our answer."
    )
    stall_days = models.PositiveSmallIntegerField(
        default=14, validators=AT_LEAST_ONE, help_text="Days without a live offer until a submission is closed."
    )
    question_days = models.PositiveSmallIntegerField(
        default=14, validators=AT_LEAST_ONE, help_text="Days we wait for an answer to a question."
    )
    ship_by_days = models.PositiveSmallIntegerField(
        default=10, validators=AT_LEAST_ONE, help_text="Days a seller has to hand the pieces over."
    )
    missing_days = models.PositiveSmallIntegerField(
        default=21, validators=AT_LEAST_ONE, help_text="Days from the deal until what never came counts as missing."
    )
    revision_days = models.PositiveSmallIntegerField(
        default=7, validators=AT_LEAST_ONE, help_text="Days to answer a price changed after inspection."
    )
    unclaimed_days = models.PositiveSmallIntegerField(
        default=30, validators=AT_LEAST_ONE, help_text="Days until an unclaimed return may be disposed of."
    )
    max_counters = models.PositiveSmallIntegerField(
        default=3, validators=AT_LEAST_ONE, help_text="Counters each side may make; our last offer is final."
    )
    max_pieces = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(50)])
    max_photos_a_piece = models.PositiveSmallIntegerField(default=8, validators=AT_LEAST_ONE)
    max_photos = models.PositiveSmallIntegerField(default=60, validators=AT_LEAST_ONE, help_text="Of one submission.")
    max_open_submissions = models.PositiveSmallIntegerField(
        default=3, validators=AT_LEAST_ONE, help_text="Of a seller whose first deal is not done yet."
    )
    draft_days = models.PositiveSmallIntegerField(default=7, validators=AT_LEAST_ONE)
    photo_days = models.PositiveSmallIntegerField(
        default=60, validators=AT_LEAST_ONE, help_text="Photos are deleted this many days after closing."
    )
    contact_months = models.PositiveSmallIntegerField(
        default=12, validators=AT_LEAST_ONE, help_text="Contacts of sellers we never paid are forgotten after this."
    )
    iban_days = models.PositiveSmallIntegerField(
        default=90, validators=AT_LEAST_ONE, help_text="Bank details are forgotten this many days after settlement."
    )
    buyer_limit = MoneyField(default=Decimal("500.00"), help_text="EUR: a larger total needs the owner's permission.")
    cash_limit = MoneyField(default=Decimal("1000.00"), help_text="EUR: no more than this in cash at once.")
    id_above = MoneyField(
        default=Decimal("300.00"), help_text="EUR: for more than this in cash, staff say which kind of ID they saw."
    )
    confirm_above = MoneyField(
        default=Decimal("500.00"), help_text="EUR: a larger offer is shown once more, in words, before it is sent."
    )
    needs_second_pair_of_eyes = models.BooleanField(
        default=False, help_text="Whoever inspected may not approve the payout. Off for a shop of one."
    )
    stock_before_paying = models.BooleanField(
        default=False, help_text="Pieces may go on the shelf before they are paid."
    )
    cooling_hours = models.PositiveSmallIntegerField(
        default=24, help_text="Changed bank details are not paid to before this has passed."
    )
    target_margin_percent = models.PositiveSmallIntegerField(
        default=55, validators=[MaxValueValidator(95)], help_text="What the suggested price leaves us of the sale."
    )
    vat_scheme = models.CharField(
        max_length=10,
        choices=StockItem.VatScheme,
        default=StockItem.VatScheme.NONE,
        help_text="Of pieces bought in. “No VAT” while the shop is not registered.",
    )
    terms_version = models.CharField(max_length=20, default="1")
    terms = models.TextField(
        max_length=5000,
        default=(
            "You are 18 or older, the pieces are yours to sell, and they are what you say they are. "
            "Until we have paid you may change your mind and have them back."
        ),
    )
    hand_over = models.TextField(
        max_length=1000, default="Bring the pieces to the shop, or we agree a time to collect them.", blank=True
    )
    payer_name = models.CharField(max_length=70, blank=True, help_text="Name on the shop's account, for SEPA files.")
    payer_iban = models.CharField("payer IBAN", max_length=34, blank=True)
    payer_bic = models.CharField("payer BIC", max_length=11, blank=True)
    next_document_number = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "buying settings"

    @property
    def counter_time(self) -> timedelta:
        """How long a counter stands."""
        return timedelta(hours=self.counter_hours)


class BuyingRule(models.Model):
    """What we buy of one category: brands, sizes, what not, and which photos we ask for."""

    category = models.OneToOneField(Category, on_delete=models.CASCADE, related_name="+")
    is_bought = models.BooleanField(default=True)
    only_brands = models.ManyToManyField(Brand, blank=True, related_name="+", help_text="None: every brand.")
    refused_brands = models.ManyToManyField(Brand, blank=True, related_name="+")
    smallest_size = models.CharField(max_length=30, blank=True, help_text='On the category\'s scale: "8".')
    largest_size = models.CharField(max_length=30, blank=True)
    exclusions = models.CharField(max_length=300, blank=True, help_text="What we do not buy, in words for people.")
    photo_slots = models.JSONField(
        default=list, blank=True, help_text='Which photos we ask for: ["Front", "Back", "Label"].'
    )
    required_slots = models.JSONField(
        default=list, blank=True, help_text='Those of them without which a piece cannot be sent: ["Label"].'
    )
    checklist = models.JSONField(default=list, blank=True, help_text='What is checked: ["Zip", "Seams", "Smell"].')

    class Meta:
        ordering = ["category__position", "category__name"]

    def __str__(self) -> str:
        return f"{self.category}: {'bought' if self.is_bought else 'not bought'}"


class OfferRule(models.Model):
    """How shoppers may bargain for pieces of a category. Amounts are EUR, percentages of the asked price."""

    category = models.OneToOneField(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="None: all others."
    )
    is_enabled = models.BooleanField(default=True)
    minimum = MoneyField(default=Decimal("5.00"))
    maximum = MoneyField(default=Decimal("5000.00"))
    floor_percent = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(100)])
    offers_a_piece = models.PositiveSmallIntegerField(default=3, validators=AT_LEAST_ONE)
    cooldown_minutes = models.PositiveSmallIntegerField(default=5)
    validity_hours = models.PositiveSmallIntegerField(default=48, validators=AT_LEAST_ONE)
    pay_hours = models.PositiveSmallIntegerField(default=24, validators=[MinValueValidator(2), MaxValueValidator(72)])
    accept_from_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)], help_text="Accepted at once from this on."
    )
    decline_below_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)], help_text="Declined at once below this."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minimum__gt=0, maximum__gte=F("minimum")), name="offer_rule_range"),
            models.CheckConstraint(condition=Q(floor_percent__lte=100), name="offer_rule_floor_is_a_share"),
            # The unique category alone lets any number of rows have none.
            models.UniqueConstraint(
                Coalesce("category", Value(0)),
                name="offer_rule_one_a_category",
                violation_error_message="There is a rule for this already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Offers on {self.category or 'all others'}"
