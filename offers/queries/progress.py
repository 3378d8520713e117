"""How far a submission has come and whom it waits for, in words for its seller. Time is judged here, not by a job."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.dates import DAY, words_of
from core.money import ZERO, format_eur
from core.progress import Step
from offers.models import BuyingSettings, Payout, SellItem, SellOffer, SellPhoto, SellSubmission
from offers.rules import items as item_rules
from offers.rules import offers as offer_rules
from offers.rules import payouts as payout_rules

Status = SellSubmission.Status
STEPS = {
    "Received": pgettext_lazy("step of selling", "Received"),
    "Review": pgettext_lazy("step of selling", "Review"),
    "Offer": pgettext_lazy("step of selling", "Offer"),
    "Hand-over": pgettext_lazy("step of selling", "Hand-over"),
    "Inspection": pgettext_lazy("step of selling", "Inspection"),
    "Paid": pgettext_lazy("step of selling", "Paid"),
}


class Standing(StrEnum):
    """Where a submission stands for its seller, who never sees more of our own work than this."""

    REVIEW = "review"
    QUESTION = "question"
    OFFER = "offer"
    OFFER_OVER = "offer_over"
    COUNTER = "counter"
    COUNTER_OVER = "counter_over"
    STALLED = "stalled"
    AGREED = "agreed"
    INSPECTION = "inspection"
    REVISION = "revision"
    REVISION_OVER = "revision_over"
    SETTLING = "settling"
    CLOSED = "closed"


# Which step of the timeline that is.
AT = {
    Standing.REVIEW: 1,
    Standing.QUESTION: 1,
    Standing.OFFER: 2,
    Standing.OFFER_OVER: 2,
    Standing.COUNTER: 2,
    Standing.COUNTER_OVER: 2,
    Standing.STALLED: 2,
    Standing.AGREED: 3,
    Standing.INSPECTION: 4,
    Standing.REVISION: 4,
    Standing.REVISION_OVER: 4,
    Standing.SETTLING: 5,
}
BY_STATUS: dict[str, Standing] = {
    Status.SUBMITTED: Standing.REVIEW,
    Status.IN_REVIEW: Standing.REVIEW,
    Status.INFO_REQUESTED: Standing.QUESTION,
    Status.STALLED: Standing.STALLED,
    Status.AGREED: Standing.AGREED,
    Status.SETTLING: Standing.SETTLING,
    Status.CLOSED: Standing.CLOSED,
}
STALLED = {
    SellSubmission.StallReason.REFUSED: gettext_lazy("You said no to our offer. We may make you another one."),
    SellSubmission.StallReason.COUNTER_DECLINED: gettext_lazy("We cannot go as high as you asked."),
    SellSubmission.StallReason.COUNTER_EXPIRED: gettext_lazy("We did not answer what you asked for in time."),
    SellSubmission.StallReason.WITHDRAWN: gettext_lazy("We took our offer back."),
    SellSubmission.StallReason.EXPIRED: gettext_lazy("Our offer has run out. You keep your pieces."),
}
CLOSED = {
    SellSubmission.CloseReason.COMPLETED: gettext_lazy("Done and paid. Thank you for selling to us."),
    SellSubmission.CloseReason.DECLINED: gettext_lazy("Not for us this time. Thank you for showing us your pieces."),
    SellSubmission.CloseReason.REFUSED: gettext_lazy("We did not agree on a price. You keep your pieces."),
    SellSubmission.CloseReason.EXPIRED: gettext_lazy("The offer ran out. You keep your pieces."),
    SellSubmission.CloseReason.WITHDRAWN: gettext_lazy("This was called off. You keep your pieces."),
    SellSubmission.CloseReason.NOT_RECEIVED: gettext_lazy("The pieces never reached us."),
    SellSubmission.CloseReason.NO_RESPONSE: gettext_lazy("We did not hear from you. You keep your pieces."),
    SellSubmission.CloseReason.NOTHING_BOUGHT: gettext_lazy("We bought nothing this time."),
    SellSubmission.CloseReason.SPAM: gettext_lazy("This is closed."),
}


# In a list.
SHORT = {
    Standing.REVIEW: gettext_lazy("With us"),
    Standing.QUESTION: gettext_lazy("A question for you"),
    Standing.OFFER: gettext_lazy("An offer for you"),
    Standing.OFFER_OVER: gettext_lazy("The offer ran out"),
    Standing.COUNTER: gettext_lazy("You asked for more"),
    Standing.COUNTER_OVER: gettext_lazy("No offer stands"),
    Standing.STALLED: gettext_lazy("No offer stands"),
    Standing.AGREED: gettext_lazy("Agreed, to be handed over"),
    Standing.INSPECTION: gettext_lazy("Being inspected"),
    Standing.REVISION: gettext_lazy("New prices for you"),
    Standing.REVISION_OVER: gettext_lazy("Being inspected"),
    Standing.SETTLING: gettext_lazy("Being paid"),
}
HAND_OVER = {
    SellSubmission.HandOver.DROP_OFF: gettext_lazy("You bring them to the shop."),
    SellSubmission.HandOver.COLLECTION: gettext_lazy("We collect them at your door, at a time we agree with you."),
    SellSubmission.HandOver.POST: gettext_lazy("You send them by post."),
}


def standing(submission: SellSubmission, live: SellOffer | None, now: datetime) -> Standing:
    """Where it stands: an offer whose time is over is over, whether or not a job has been by."""
    is_on_time = live is not None and offer_rules.is_live(live, now)
    if submission.status == Status.OFFERED:
        return Standing.OFFER if is_on_time else Standing.OFFER_OVER
    if submission.status == Status.COUNTERED:
        return Standing.COUNTER if is_on_time else Standing.COUNTER_OVER
    if submission.status == Status.RECEIVED:
        over = Standing.REVISION if is_on_time else Standing.REVISION_OVER
        return Standing.INSPECTION if live is None else over
    return BY_STATUS[submission.status]


def short_words(submission: SellSubmission, live: SellOffer | None, now: datetime) -> str:
    """Where it stands, in a few words for a list."""
    where = standing(submission, live, now)
    if where == Standing.SETTLING and is_paid(submission):
        return pgettext("to a seller", "Paid")
    return str(SHORT.get(where, "")) or submission.get_close_reason_display()


def story(submission: SellSubmission, where: Standing) -> str:
    """What became of it, where nothing else on the page says so."""
    if where == Standing.STALLED:
        return str(STALLED[SellSubmission.StallReason(submission.stall_reason)])
    if where == Standing.OFFER_OVER:
        return str(STALLED[SellSubmission.StallReason.EXPIRED])
    if where == Standing.COUNTER_OVER:
        return str(STALLED[SellSubmission.StallReason.COUNTER_EXPIRED])
    if where == Standing.REVISION_OVER:
        return _("You did not answer the new prices in time, so those pieces come back to you.")
    return str(CLOSED[SellSubmission.CloseReason(submission.close_reason)]) if where == Standing.CLOSED else ""


def waiting_for(submission: SellSubmission, live: SellOffer | None, now: datetime) -> str:
    """Whom it waits for, and for what, in one sentence; nothing once it is closed."""
    until = words_of(live.expires_at) if live else ""
    where = standing(submission, live, now)
    if where in {Standing.STALLED, Standing.OFFER_OVER, Standing.COUNTER_OVER}:
        return _stalled(submission, where)
    if where == Standing.SETTLING:
        return _settling(submission)
    return {
        Standing.REVIEW: _("Waiting for us. %(promise)s") % {"promise": BuyingSettings.current().reply_promise},
        Standing.QUESTION: _("Waiting for you: answer our question."),
        Standing.OFFER: _("Waiting for you: answer our offer by %(moment)s.") % {"moment": until},
        Standing.COUNTER: _("Waiting for us: we answer by %(moment)s.") % {"moment": until},
        Standing.AGREED: _("Waiting for you: hand the pieces over by %(moment)s.")
        % {"moment": words_of(submission.ship_by)},
        Standing.INSPECTION: _("Waiting for us: we look at every piece."),
        Standing.REVISION: _("Waiting for you: answer the new prices by %(moment)s.") % {"moment": until},
        Standing.REVISION_OVER: _("Waiting for us: we finish the inspection."),
    }.get(where, "")


def timeline(submission: SellSubmission, live: SellOffer | None, now: datetime) -> list[Step]:
    """Its way: what is done with its moment, what is happening, what comes next."""
    where = standing(submission, live, now)
    moments = _moments(submission)
    if where == Standing.CLOSED:
        done = [Step(str(words), moments[name], "done") for name, words in STEPS.items() if moments[name]]
        if submission.close_reason == SellSubmission.CloseReason.COMPLETED:
            return done
        return [*done, Step(pgettext("submission", "Closed"), words_of(submission.closed_at), "current")]
    if where == Standing.SETTLING and moments["Paid"] and open_payout(submission) is None:
        return [Step(str(words), moments[name], "done") for name, words in STEPS.items()]
    at, detail = AT[where], _now_detail(submission, where, live)
    return [
        Step(
            str(words),
            (moments[name], detail, _promise(name))[(index >= at) + (index > at)],
            ("done", "current", "next")[(index >= at) + (index > at)],
        )
        for index, (name, words) in enumerate(STEPS.items())
    ]


def _moments(submission: SellSubmission) -> dict[str, str]:
    """When each step was done, or empty."""
    photos = SellPhoto.objects.filter(item__submission=submission, origin=SellPhoto.Origin.SELLER).count()
    count = submission.items.filter(is_extra=False).count()
    pieces_sent = ngettext("%(count)s piece", "%(count)s pieces", count) % {"count": count}
    photos_sent = ngettext("%(count)s photo", "%(count)s photos", photos) % {"count": photos}
    paid = submission.payouts.filter(status=Payout.Status.SETTLED).order_by("settled_at").last()
    return {
        "Received": f"{words_of(submission.submitted_at)} · {pieces_sent}, {photos_sent}"
        if photos
        else words_of(submission.submitted_at),
        "Review": words_of(submission.offered_at),
        "Offer": _("Agreed %(moment)s") % {"moment": words_of(submission.agreed_at)} if submission.agreed_at else "",
        "Hand-over": words_of(submission.received_at),
        "Inspection": words_of(submission.settled_at),
        "Paid": f"{words_of(paid.settled_at)} · {format_eur(paid.amount)}" if paid else "",
    }


def _now_detail(submission: SellSubmission, where: Standing, live: SellOffer | None) -> str:
    until = words_of(live.expires_at) if live else ""
    return {
        Standing.REVIEW: _("Your photos are being looked at"),
        Standing.QUESTION: _("We have a question"),
        Standing.OFFER: _("Answer by %(moment)s") % {"moment": until},
        Standing.OFFER_OVER: _("Ran out %(moment)s") % {"moment": until} if until else _("Ran out"),
        Standing.COUNTER: _("We answer by %(moment)s") % {"moment": until},
        Standing.AGREED: _("By %(day)s") % {"day": words_of(submission.ship_by, DAY)},
        Standing.INSPECTION: _("Piece by piece"),
        Standing.REVISION: _("New prices, answer by %(moment)s") % {"moment": until},
        Standing.REVISION_OVER: _("New prices ran out %(moment)s") % {"moment": until},
    }.get(where, "")


def _promise(name: str) -> str:
    return {"Hand-over": _("At the shop, at your door or by post"), "Paid": _("Cash or bank transfer")}.get(name, "")


def _stalled(submission: SellSubmission, where: Standing) -> str:
    if submission.renewal_asked_at:
        return _("Waiting for us: you asked for a new offer.")
    if where == Standing.STALLED and submission.stall_reason == SellSubmission.StallReason.REFUSED:
        return _("Waiting for us: another offer, or none.")
    return _("Waiting for you: ask for a new offer, or do nothing and keep your pieces.")


def _settling(submission: SellSubmission) -> str:
    payout = open_payout(submission)
    if payout is None:
        if not is_paid(submission):
            return _("Waiting for us: we finish what is left to do.")
        left = {item.status for item in submission.items.all()}
        if SellItem.Status.HELD in left:
            return _("You are paid. We get in touch about what we hold back.")
        if SellItem.Status.TO_RETURN in left:
            return _("You are paid. What we did not buy comes back to you.")
        return _("You are paid. There is nothing left for you to do.")
    if payout.status == Payout.Status.SENT:
        return _("Waiting for the bank: %(amount)s is on its way.") % {"amount": format_eur(payout.amount)}
    if payout.status == Payout.Status.DUE and account_words(submission) == "":
        ask = _("Waiting for you: tell us where your %(amount)s goes, unless you are paid in cash.")
        return ask % {"amount": format_eur(payout.amount)}
    return _("Waiting for us: we pay you %(amount)s.") % {"amount": format_eur(payout.amount)}


def is_paid(submission: SellSubmission) -> bool:
    """Whether money has reached its seller and none is under way; of a list it asks what was fetched with it."""
    statuses = {payout.status for payout in submission.payouts.all()}
    return Payout.Status.SETTLED in statuses and statuses.isdisjoint(payout_rules.OPEN)


def open_payout(submission: SellSubmission) -> Payout | None:
    """The payout that is under way."""
    return submission.payouts.filter(status__in=payout_rules.OPEN).first()


def account_words(submission: SellSubmission) -> str:
    """Where its seller is paid, as country and last four; empty while we do not know."""
    account = getattr(submission.seller, "account", None)
    return str(account) if account is not None and account.forgotten_at is None else ""


def amount_due(submission: SellSubmission) -> Decimal:
    """What the pieces we buy come to (EUR)."""
    bought = submission.items.filter(status__in=item_rules.BOUGHT)
    return sum((item.agreed_amount or ZERO for item in bought), ZERO)


def stalls_until(submission: SellSubmission) -> datetime | None:
    """When a submission without a live offer is closed by itself."""
    if submission.status != Status.STALLED or submission.stalled_at is None:
        return None
    return submission.stalled_at + timedelta(days=BuyingSettings.current().stall_days)


def is_unpaid(submission: SellSubmission) -> bool:
    """I12: whether what passed may still go back: nothing is paid, and no money is on its way."""
    paid = {Payout.Status.SETTLED, Payout.Status.SENT}
    is_here = submission.status in {Status.RECEIVED, Status.SETTLING}
    return is_here and not any(
        payout.status in paid or (payout.status in payout_rules.OPEN and payout_rules.may_be_paid(payout))
        for payout in submission.payouts.all()
    )


def may_walk_away(submission: SellSubmission, item: SellItem) -> bool:
    """The same of one piece."""
    return item.status == SellItem.Status.PASSED and is_unpaid(submission)
