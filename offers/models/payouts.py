"""Money we owe sellers. Written by services.paying and, the bank details, services.banking."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from core.fields import MoneyField
from offers.models.submissions import Seller, SellSubmission


class PayoutAccount(models.Model):
    """Where a seller is paid: the IBAN encrypted with a key outside the database, shown as country and last four."""

    seller = models.OneToOneField(Seller, on_delete=models.CASCADE, related_name="account")
    holder_name = models.CharField(max_length=70, help_text="Exactly as on the account.")
    encrypted_iban = models.TextField(blank=True, editable=False)
    country = models.CharField(max_length=2)
    last_four = models.CharField(max_length=4)
    changed_at = models.DateTimeField()
    is_first = models.BooleanField(default=True, help_text="Whether these are the first details of this seller.")
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("reveal_iban", "Can see a whole IBAN, with a reason")]

    def __str__(self) -> str:
        return f"{self.country} … {self.last_four}"


class Payout(models.Model):
    """Money owed for a submission, in EUR. A retry is a new row, so nothing moves backwards."""

    class Method(models.TextChoices):
        BANK_TRANSFER = "bank_transfer", pgettext_lazy("how a seller is paid", "Bank transfer")
        CASH = "cash", pgettext_lazy("how a seller is paid", "Cash")

    class IdSeen(models.TextChoices):
        PASSPORT = "passport", "Passport"
        ID_CARD = "id_card", "Identity card"
        LICENCE = "licence", "Driving licence"
        OTHER = "other", "Another with a photo"

    class Status(models.TextChoices):
        DUE = "due", "Due"
        APPROVED = "approved", "Approved"
        SENT = "sent", "On its way"
        SETTLED = "settled", "Paid"
        FAILED = "failed", "Came back"
        CANCELLED = "cancelled", "Cancelled"

    submission = models.ForeignKey(SellSubmission, on_delete=models.PROTECT, related_name="payouts")
    attempt = models.PositiveSmallIntegerField()
    amount = MoneyField()
    method = models.CharField(max_length=14, choices=Method, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    paid_to = models.CharField(max_length=80, blank=True, help_text='"IE … 4417", or how cash was confirmed.')
    id_seen = models.CharField(
        max_length=10, choices=IdSeen, blank=True, help_text="Which kind of ID was seen; neither copied nor its number."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="The seller said that the cash is theirs now.")
    confirmed_by = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=120, blank=True, help_text="What the bank calls it.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was cancelled or came back.")
    made_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    exported_at = models.DateTimeField(null=True, blank=True, help_text="When it went into a SEPA file.")
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "attempt"], name="payout_attempt_once"),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(status__in=["due", "approved", "sent"]),
                name="payout_one_open_a_submission",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["due", "approved", "sent", "settled", "failed", "cancelled"]),
                name="payout_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="settled", settled_at__isnull=False)
                | (~Q(status="settled") & Q(settled_at__isnull=True)),
                name="payout_settled_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["due", "cancelled"]) | ~Q(method=""), name="payout_approved_has_method"
            ),
        ]
        permissions = [
            ("approve_payout", "Can approve payouts"),
            ("send_payout", "Can export payouts and mark them as sent"),
            ("settle_payout", "Can mark payouts as paid, cash too"),
            ("fail_payout", "Can mark payouts as come back"),
            ("cancel_payout", "Can cancel payouts"),
        ]

    def __str__(self) -> str:
        return f"€{self.amount} for {self.submission}: {self.get_status_display()}"


class BuyInDocument(models.Model):
    """The numbered record of a purchase, given to the seller. Numbers have no gaps."""

    is_append_only = True

    number = models.PositiveIntegerField(unique=True)
    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="document")
    seller_name = models.CharField(max_length=120)
    seller_address = models.CharField(max_length=320, blank=True)
    lines = models.JSONField(help_text='[{"piece": "Varsity jacket, L", "amount": "92.00"}]')
    total = MoneyField()
    issued_at = models.DateTimeField()

    class Meta:
        verbose_name = "buy-in document"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"BI-{self.number:06d}"
