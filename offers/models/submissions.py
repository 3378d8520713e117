"""What sellers send us: the seller, the batch, its pieces and their photos. Written by services.*."""

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from core.fields import MoneyField
from inventory.models import Brand, Category, Condition, Product, StockItem


def private_storage() -> Storage:
    """Where photos of sellers lie: no web server serves it."""
    return storages["private"]


class Seller(models.Model):
    """A person who sells to us, and how to reach them. An address is asked for only before money is paid."""

    class Channel(models.TextChoices):
        EMAIL = "email", pgettext_lazy("way to write", "Email")
        WHATSAPP = "whatsapp", pgettext_lazy("way to write", "WhatsApp")
        INSTAGRAM = "instagram", pgettext_lazy("way to write", "Instagram")
        SNAPCHAT = "snapchat", pgettext_lazy("way to write", "Snapchat")
        PHONE = "phone", pgettext_lazy("way to write", "Phone")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True, db_index=True)
    phone = models.CharField(max_length=30, blank=True, db_index=True)
    handle = models.CharField(max_length=60, blank=True, help_text="Without the @.")
    channel = models.CharField(
        max_length=10, choices=Channel, default=Channel.EMAIL, help_text="How they like it best."
    )
    is_confirmed = models.BooleanField(default=False, help_text="Whether they have shown that the contact is theirs.")
    area = models.CharField(max_length=60, blank=True, help_text='Roughly where: "Dublin 8", "D08".')
    street = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, default="IE")
    confirmed_fakes = models.PositiveSmallIntegerField(default=0)
    blocked_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True, help_text="When the contact was erased.")

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("forget_seller", "Can erase a seller's contact"),
            ("unblock_seller", "Can take things from a blocked seller again"),
        ]

    def __str__(self) -> str:
        return self.name or f"Seller {self.pk}"

    @property
    def address(self) -> str:
        """The postal address in one line; empty while unknown."""
        return ", ".join(part for part in (self.street, self.town, self.postcode) if part)


class SellSubmission(models.Model):
    """A batch of pieces somebody wants to sell to us. Outcomes live on the pieces; this only sums them up."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("submission", "Being written")
        SUBMITTED = "submitted", pgettext_lazy("submission", "Received")
        IN_REVIEW = "in_review", pgettext_lazy("submission", "In review")
        INFO_REQUESTED = "info_requested", pgettext_lazy("submission", "Question asked")
        OFFERED = "offered", pgettext_lazy("submission", "Offer made")
        COUNTERED = "countered", pgettext_lazy("submission", "Counter made")
        STALLED = "stalled", pgettext_lazy("submission", "No live offer")
        AGREED = "agreed", pgettext_lazy("submission", "Agreed")
        RECEIVED = "received", pgettext_lazy("submission", "Pieces here")
        SETTLING = "settling", pgettext_lazy("submission", "Being paid")
        CLOSED = "closed", pgettext_lazy("submission", "Closed")

    class CloseReason(models.TextChoices):
        COMPLETED = "completed", pgettext_lazy("submission", "Completed")
        DECLINED = "declined", pgettext_lazy("submission", "Not for us")
        REFUSED = "refused", pgettext_lazy("submission", "Offer refused")
        EXPIRED = "expired", pgettext_lazy("submission", "Offer ran out")
        WITHDRAWN = "withdrawn", pgettext_lazy("submission", "Withdrawn")
        NOT_RECEIVED = "not_received", pgettext_lazy("submission", "Never arrived")
        NO_RESPONSE = "no_response", pgettext_lazy("submission", "No answer")
        NOTHING_BOUGHT = "nothing_bought", pgettext_lazy("submission", "Nothing bought")
        SPAM = "spam", pgettext_lazy("submission", "Spam")

    class StallReason(models.TextChoices):
        REFUSED = "refused", "Seller refused"
        COUNTER_DECLINED = "counter_declined", "We declined the counter"
        COUNTER_EXPIRED = "counter_expired", "We did not answer the counter"
        WITHDRAWN = "withdrawn", "We withdrew"
        EXPIRED = "expired", "Our offer ran out"

    class WaitingOn(models.TextChoices):
        SHOP = "shop", "Us"
        SELLER = "seller", "The seller"
        CARRIER = "carrier", "The pieces"
        NOBODY = "nobody", "Nobody"

    class HandOver(models.TextChoices):
        DROP_OFF = "drop_off", pgettext_lazy("pieces", "Brought to the shop")
        COLLECTION = "collection", pgettext_lazy("pieces", "Collected at the door")
        POST = "post", pgettext_lazy("pieces", "Sent by post")

    reference = models.CharField(max_length=20, unique=True)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, null=True, blank=True, related_name="submissions")
    draft_key = models.CharField(max_length=43, unique=True, null=True, blank=True, editable=False)
    status = models.CharField(max_length=14, choices=Status, default=Status.DRAFT)
    close_reason = models.CharField(max_length=14, choices=CloseReason, blank=True)
    stall_reason = models.CharField(max_length=16, choices=StallReason, blank=True)
    waiting_on = models.CharField(max_length=7, choices=WaitingOn, default=WaitingOn.SELLER)
    waiting_since = models.DateTimeField()
    hand_over = models.CharField(max_length=10, choices=HandOver, default=HandOver.DROP_OFF)
    is_in_person = models.BooleanField(default=False, help_text="Made by staff with the seller in front of them.")
    is_suspect = models.BooleanField(default=False, help_text="Tripped a signal of spam.")
    wrote_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when something that the seller wrote waits for our answer."
    )
    link_epoch = models.PositiveIntegerField(default=1, help_text="Raised to make every link given out so far void.")
    terms_version = models.CharField(max_length=20, blank=True)
    message = models.CharField(max_length=500, blank=True, help_text="What the seller added in words.")
    question = models.CharField(max_length=500, blank=True, help_text="What we asked.")
    answer = models.CharField(max_length=500, blank=True, help_text="What the seller answered.")
    draft_version = models.PositiveIntegerField(
        default=0, help_text="Of our decisions, so that no colleague's is lost."
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies")
    import_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_after = models.DurationField(
        null=True, blank=True, help_text="How long it had waited for us when we asked; the clock goes on from there."
    )
    offered_at = models.DateTimeField(null=True, blank=True, help_text="When our first offer went out.")
    stalled_at = models.DateTimeField(null=True, blank=True)
    renewal_asked_at = models.DateTimeField(null=True, blank=True, help_text="The seller asked for a new offer.")
    agreed_at = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When the inspection was over.")
    closed_at = models.DateTimeField(null=True, blank=True)
    photos_deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "submission"
        ordering = ["waiting_since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft",
                        "submitted",
                        "in_review",
                        "info_requested",
                        "offered",
                        "countered",
                        "stalled",
                        "agreed",
                        "received",
                        "settling",
                        "closed",
                    ]
                ),
                name="submission_status_known",
            ),
            models.CheckConstraint(
                condition=(Q(status="closed", closed_at__isnull=False) & ~Q(close_reason=""))
                | (~Q(status="closed") & Q(closed_at__isnull=True, close_reason="")),
                name="submission_closed_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(seller__isnull=False, submitted_at__isnull=False),
                name="submission_sent_has_seller",
            ),
            models.CheckConstraint(
                condition=(Q(status="stalled", stalled_at__isnull=False) & ~Q(stall_reason="")) | ~Q(status="stalled"),
                name="submission_stalled_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(waiting_on__in=["shop", "seller", "carrier", "nobody"]), name="submission_waiting_on_known"
            ),
        ]
        indexes = [
            models.Index(fields=["waiting_on", "waiting_since"], name="submission_queue"),
            models.Index(fields=["status", "waiting_since"], name="submission_by_status"),
            models.Index(fields=["wrote_at"], condition=Q(wrote_at__isnull=False), name="submission_unanswered"),
            models.Index(fields=["seller", "-created_at"], name="submission_of_seller"),
        ]
        permissions = [
            ("review_submission", "Can review: claim, ask, decide, decline"),
            ("mark_spam", "Can mark a submission as spam"),
            ("make_offer", "Can send, withdraw and renew offers"),
            ("exceed_limit", "Can agree to more than a buyer's limit"),
            ("answer_counter", "Can answer a seller's counter"),
            ("receive_pieces", "Can receive pieces"),
            ("inspect_pieces", "Can inspect pieces and change prices"),
            ("return_pieces", "Can give pieces back"),
            ("judge_held_pieces", "Can decide about held pieces and dispose of unclaimed ones"),
            ("stock_pieces", "Can put bought pieces on the shelf"),
            ("call_off_deal", "Can call off a deal"),
            ("send_links", "Can give out and revoke a seller's link"),
            ("write_notes", "Can write internal notes"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Its page for life; opens for whoever may see it."""
        return reverse("offers:submission", args=[self.reference])

    @property
    def cause(self) -> str:
        """How the audit and the outbox name it."""
        return f"submission {self.reference}"


class SellItem(models.Model):
    """One physical thing in a submission. Amounts are EUR."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", "Sent in"
        OFFERED = "offered", "Offer made"
        AGREED = "agreed", "Agreed"
        RECEIVED = "received", "Here, to inspect"
        REQUOTED = "requoted", "New price proposed"
        HELD = "held", "Held back"
        PASSED = "passed", "Passed"
        STOCKED = "stocked", "In stock"
        TO_RETURN = "to_return", "To give back"
        RETURNED = "returned", "Given back"
        DISPOSED = "disposed", "Disposed of"
        DECLINED = "declined", "Not for us"
        EXCLUDED = "excluded", "Kept by the seller"
        MISSING = "missing", "Never arrived"

    class Decision(models.TextChoices):
        UNDECIDED = "undecided", "Undecided"
        WANTED = "wanted", "Want"
        DECLINED = "declined", "Don't want"

    class DeclineReason(models.TextChoices):
        ENOUGH = "enough", pgettext_lazy("why we decline", "We have enough like it")
        BRAND = "brand", pgettext_lazy("why we decline", "Not a brand we buy")
        CONDITION = "condition", pgettext_lazy("why we decline", "The condition")
        SIZE = "size", pgettext_lazy("why we decline", "Not a size we buy")
        PRICE = "price", pgettext_lazy("why we decline", "We cannot reach that price")
        PHOTOS = "photos", pgettext_lazy("why we decline", "The photos do not show enough")
        AUTHENTICITY = "authenticity", pgettext_lazy("why we decline", "We cannot be sure it is genuine")
        OTHER = "other", pgettext_lazy("why we decline", "Not one for us")

    submission = models.ForeignKey(SellSubmission, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    brand_name = models.CharField(max_length=80, blank=True, help_text="As the seller wrote it.")
    title = models.CharField(max_length=120, blank=True, help_text='What it is: "Varsity jacket".')
    size = models.CharField(max_length=30, blank=True)
    colour = models.CharField(max_length=40, blank=True)
    declared_grade = models.CharField(max_length=12, choices=Condition, blank=True)
    defects = models.CharField(max_length=500, blank=True)
    asking_amount = MoneyField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.SUBMITTED)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.UNDECIDED)
    decline_reason = models.CharField(max_length=12, choices=DeclineReason, blank=True)
    proposed_amount = MoneyField(null=True, blank=True, help_text="What our next offer says.")
    proposed_grade = models.CharField(max_length=12, choices=Condition, blank=True)
    agreed_amount = MoneyField(null=True, blank=True, help_text="What we owe for it.")
    inspected_grade = models.CharField(max_length=12, choices=Condition, blank=True)
    fate_reason = models.CharField(max_length=300, blank=True, help_text="Why it is held, returned or disposed of.")
    tracking = models.CharField(max_length=120, blank=True, help_text="How it went back.")
    location = models.CharField(max_length=30, blank=True, help_text="Where it lies in the house.")
    is_extra = models.BooleanField(default=False, help_text="Was in the parcel without being offered.")
    product = models.OneToOneField(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stock_item = models.OneToOneField(StockItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    import_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Taken out of a draft; can be undone.")
    received_at = models.DateTimeField(null=True, blank=True)
    to_return_at = models.DateTimeField(null=True, blank=True, help_text="Since when it waits to be given back.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "piece"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "submitted",
                        "offered",
                        "agreed",
                        "received",
                        "requoted",
                        "held",
                        "passed",
                        "stocked",
                        "to_return",
                        "returned",
                        "disposed",
                        "declined",
                        "excluded",
                        "missing",
                    ]
                ),
                name="sell_item_status_known",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["undecided", "wanted", "declined"]), name="sell_item_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(asking_amount__isnull=True) | Q(asking_amount__gte=0), name="sell_item_asking_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(proposed_amount__isnull=True) | Q(proposed_amount__gt=0), name="sell_item_proposed_positive"
            ),
            models.CheckConstraint(
                condition=Q(agreed_amount__isnull=True) | Q(agreed_amount__gte=0), name="sell_item_agreed_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["agreed", "passed", "stocked"]) | Q(agreed_amount__isnull=False),
                name="sell_item_deal_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(status="stocked", product__isnull=False, stock_item__isnull=False)
                | (~Q(status="stocked") & Q(product__isnull=True, stock_item__isnull=True)),
                name="sell_item_stocked_iff_product",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What it is, in one line."""
        name = f"{self.brand_name} {self.title}".strip() or f"Piece {self.position}"
        return f"{name}, {self.size}" if self.size else name

    @property
    def cause(self) -> str:
        """How the ledger and the audit name it."""
        return f"piece {self.pk}"


class SellPhoto(models.Model):
    """A private picture of a piece, re-encoded without metadata; `thumbnail` is made by the worker."""

    class Origin(models.TextChoices):
        SELLER = "seller", "Seller"
        INSPECTOR = "inspector", "Inspector"

    item = models.ForeignKey(SellItem, on_delete=models.CASCADE, related_name="photos")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.SELLER)
    slot = models.CharField(max_length=30, blank=True, help_text='What it shows: "Front"; empty for any other.')
    position = models.PositiveSmallIntegerField()
    image = models.ImageField(upload_to="pieces/", storage=private_storage)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    byte_size = models.PositiveIntegerField(default=0, help_text="As uploaded; counts against the day's allowance.")
    thumbnail = models.ImageField(upload_to="pieces/small/", storage=private_storage, blank=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = "photo of a piece"
        verbose_name_plural = "photos of pieces"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "origin", "position"], name="sell_photo_one_a_position"),
        ]
        indexes = [models.Index(fields=["uploaded_at"], name="sell_photo_uploaded")]

    def __str__(self) -> str:
        return f"{self.slot or 'Photo'} of piece {self.item_id}"
