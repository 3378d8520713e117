"""Offers for a submission, what inspection found, and what was said. Rows are added, never overwritten."""

from django.db import models
from django.db.models import Q

from core.append_only import Changeable
from core.fields import MoneyField
from inventory.models import Condition
from offers.models.submissions import SellItem, SellSubmission


class SellOffer(models.Model):
    """A purchase offer, of the shop or of the seller; after it is made only its answer may be written, once."""

    changeable = Changeable(
        columns=("status", "answered_at", "answered_by", "answer_channel", "answer_note", "answer_place"),
        only_if="status = 'live'",
    )

    class Party(models.TextChoices):
        SHOP = "shop", "Us"
        SELLER = "seller", "Seller"

    class Kind(models.TextChoices):
        OPENING = "opening", "Offer"
        COUNTER = "counter", "Counter"
        REVISION = "revision", "After inspection"

    class Status(models.TextChoices):
        LIVE = "live", "Live"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        SUPERSEDED = "superseded", "Replaced"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    submission = models.ForeignKey(SellSubmission, on_delete=models.PROTECT, related_name="offers")
    number = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=6, choices=Party)
    kind = models.CharField(max_length=8, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.LIVE)
    total = MoneyField(help_text="EUR")
    is_severable = models.BooleanField(default=True, help_text="Whether a part of it may be accepted.")
    is_final = models.BooleanField(default=False, help_text="Whether it may not be countered.")
    is_one_total = models.BooleanField(
        default=False, help_text="Whether its seller named a total alone, which its pieces share."
    )
    message = models.CharField(max_length=500, blank=True)
    terms_version = models.CharField(max_length=20, blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answer_channel = models.CharField(max_length=20, blank=True, help_text="link, account, admin or in_person")
    answer_note = models.CharField(max_length=300, blank=True)
    answer_place = models.CharField(
        max_length=16, blank=True, help_text="A keyed hash of the network address it came from, should it be disputed."
    )

    class Meta:
        verbose_name = "purchase offer"
        ordering = ["submission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="sell_offer_number_once"),
            models.UniqueConstraint(
                fields=["submission"], condition=Q(status="live"), name="sell_offer_one_live_a_submission"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["live", "accepted", "refused", "superseded", "withdrawn", "expired"]),
                name="sell_offer_status_known",
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="sell_offer_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status="live", answered_at__isnull=True)
                | (~Q(status="live") & Q(answered_at__isnull=False)),
                name="sell_offer_answered_iff_not_live",
            ),
            models.CheckConstraint(condition=~Q(kind="revision") | Q(party="shop"), name="sell_offer_revision_is_ours"),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(status="live"), name="sell_offer_due")]

    def __str__(self) -> str:
        return f"Offer {self.number} of {self.submission_id}: €{self.total}"


class SellOfferLine(models.Model):
    """What an offer says about one piece, in EUR; a revision's line is answered once."""

    changeable = Changeable(columns=("answer",), only_if="answer = ''")

    class Answer(models.TextChoices):
        NONE = "", "Not answered"
        TAKE = "take", "New price taken"
        GIVE_BACK = "give_back", "To be given back"

    offer = models.ForeignKey(SellOffer, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(SellItem, on_delete=models.PROTECT, related_name="offer_lines")
    amount = MoneyField()
    old_amount = MoneyField(null=True, blank=True, help_text="Before the inspection; of revisions only.")
    reason = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, default="", blank=True)

    class Meta:
        verbose_name = "line of a purchase offer"
        ordering = ["offer", "item__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "item"], name="sell_offer_line_once_a_piece"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="sell_offer_line_amount_positive"),
            models.CheckConstraint(
                condition=Q(answer__in=["", "take", "give_back"]), name="sell_offer_line_answer_known"
            ),
        ]

    def __str__(self) -> str:
        return f"€{self.amount} for piece {self.item_id}"


class Inspection(models.Model):
    """What a look at one piece found."""

    is_append_only = True

    class Outcome(models.TextChoices):
        PASS = "pass", "Passed"
        REQUOTE = "requote", "Lower price"
        UPLIFT = "uplift", "Better than described"
        RETURN = "return", "Give back"
        HOLD = "hold", "Hold back"

    item = models.ForeignKey(SellItem, on_delete=models.PROTECT, related_name="inspections")
    outcome = models.CharField(max_length=8, choices=Outcome)
    grade = models.CharField(max_length=12, choices=Condition, blank=True)
    amount = MoneyField(null=True, help_text="EUR: what we pay, or would")
    old_amount = MoneyField(null=True)
    checklist = models.JSONField(default=dict, help_text='{"Zip": true}')
    is_authentic = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: piece {self.item_id}"


class InternalNote(models.Model):
    """What colleagues tell each other; never shown to a seller."""

    is_append_only = True

    submission = models.ForeignKey(SellSubmission, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(max_length=2000)
    actor = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.text[:60]


class SellerMessage(models.Model):
    """What was said between us and the seller, and how: an email in the outbox, or a text copied into a chat."""

    is_append_only = True

    class Direction(models.TextChoices):
        OUT = "out", "To the seller"
        IN = "in", "From the seller"

    submission = models.ForeignKey(SellSubmission, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.CharField(max_length=12, help_text="email, whatsapp, instagram, snapchat, phone or web")
    occasion = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4000)
    actor = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]
