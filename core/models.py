"""The site's own row, history, outgoing mail and periodic jobs; no foreign keys, so history blocks no deletion."""

from django.core.cache import caches
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q

SETTINGS_SECONDS = 10  # a change shows everywhere within this time


class SingleRow(models.Model):
    """Settings kept as one validated row; `current()` remembers it for some seconds per process."""

    singleton = models.BooleanField(primary_key=True, default=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def current(cls):
        """The row, made with its defaults when there is none yet."""
        return caches["process"].get_or_set(cls._meta.label, cls.fresh, SETTINGS_SECONDS)

    @classmethod
    def fresh(cls):
        """The row as the database has it now; unsaved defaults when there is none yet."""
        return cls._default_manager.first() or cls()

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        caches["process"].delete(self._meta.label)

    def __str__(self) -> str:
        return str(self._meta.verbose_name).capitalize()


class SiteSettings(SingleRow):
    """Who we are and how to reach us, as shown on every page and in every letter."""

    name = models.CharField(max_length=40, default="Unity")
    legal_name = models.CharField(max_length=120, blank=True)
    notice = models.CharField(
        max_length=60,
        blank=True,
        default="Every pre-owned piece is checked and measured by hand",
        help_text="One sentence on the tape at the top.",
    )
    headline = models.CharField(max_length=60, default="Worn in, or never worn.")
    introduction = models.CharField(
        max_length=200,
        blank=True,
        default="Streetwear we would keep ourselves. Every piece is checked, measured and photographed by hand.",
    )
    contact_email = models.EmailField(default="hello@example.com")
    contact_phone = models.CharField(max_length=30, blank=True)
    address = models.TextField(
        blank=True, validators=[MaxLengthValidator(300)], help_text="Printed on packing slips and in the footer."
    )
    opening_hours = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "site settings"


class AuditEntry(models.Model):
    """Who did what, through which channel, from what to what."""

    is_append_only = True

    made_at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=80, help_text='"user 3", "guest" or the name of a job')
    channel = models.CharField(max_length=20, help_text="web, admin, command or worker")
    subject = models.CharField(max_length=80, db_index=True, help_text='What it is about: "order UN-7K3F9Q"')
    action = models.CharField(max_length=60)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.action}"


class OutboxMessage(models.Model):
    """A letter that must be sent: written in the business transaction, mailed after it, once per dedupe key."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"

    dedupe_key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=80, db_index=True, help_text='What it is about: "order UN-7K3F9Q"')
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    unsubscribe_url = models.CharField(
        max_length=500, blank=True, help_text="Where a mail program's own button stops letters like this (RFC 8058)."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(
        help_text="Not tried before this moment; a sender moves it ahead while it works"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["next_attempt_at"], condition=Q(status="pending"), name="outbox_due")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["pending", "sent", "failed"]), name="outbox_status_known"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="outbox_sent_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class JobRun(models.Model):
    """The last run of a periodic job, and its lock: nobody else starts it before `leased_until`."""

    name = models.CharField(max_length=60, primary_key=True)
    next_run_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)
    is_ok = models.BooleanField(default=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_at__isnull=True)
                | Q(finished_at__isnull=True)
                | Q(finished_at__gte=F("started_at"))
                | Q(leased_until__isnull=False),
                name="job_run_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name
