"""Refusals of buying in and bargaining."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class WeAreNotBuying(DomainError):
    """Buying in is closed, or the seller is blocked."""

    message = _("We are not taking pieces in right now.")


class NotBought(DomainError):
    """The rules of the category say that we do not buy this."""

    message = _("We do not buy this.")
    status = 422


class DraftIncomplete(DomainError):
    """A piece lacks an answer or a photo, or the contact or a declaration is missing."""

    message = _("Something is still missing.")
    status = 422


class DraftFull(DomainError):
    """So many pieces or photos fit into a submission, and no more."""

    message = _("That is as much as one submission takes.")


class TooManySubmissions(DomainError):
    """So many open submissions one contact may have before the first deal is done."""

    message = _("There are open submissions under this contact already. We answer those first.")


class TooManyUploads(DomainError):
    """So many bytes may be uploaded from one address in a day."""

    message = _("That is a lot of photos for one day. Try again tomorrow, or write to us.")
    status = 429


class TooManyCodes(DomainError):
    """So many codes are sent for one submission in an hour."""

    message = _("This was done very often in a short time. Wait a minute, then try again.")
    status = 429


class ReasonMissing(DomainError):
    """This step needs words: a question, or why."""

    message = "Write down why."
    status = 422


class SubmissionMoved(DomainError):
    """The submission is not where this step begins."""

    message = _("This changed while you were looking.")


class ItemMoved(DomainError):
    """The piece is not where this step begins."""

    message = _("This piece changed while you were looking.")


class ClaimedByColleague(DomainError):
    """A colleague is at it."""

    message = "A colleague is reviewing this right now."


class DecisionsChanged(DomainError):
    """A colleague saved other decisions since the page was opened."""

    message = "A colleague has saved other decisions since you opened this page. Look at them, then save again."


class UndecidedPieces(DomainError):
    """Every piece must be wanted, with an amount, or declined, with a reason."""

    message = "Decide about every piece first: wanted with an amount, or declined with a reason."
    status = 422


class AboveLimit(DomainError):
    """The total is above the buyer's limit."""

    message = "This total is above your limit. Ask somebody who may agree to more."


class ExpiryOutOfRange(DomainError):
    """An offer stands from an hour to thirty days."""

    message = "An offer stands for at least an hour and at most 30 days."
    status = 422


class OfferAlreadyLive(DomainError):
    """A colleague's offer is live already."""

    message = "An offer is live already: a colleague was first."


class OfferNotLive(DomainError):
    """The offer was answered, replaced or withdrawn."""

    message = _("This changed while you were looking. Here is where it stands now.")


class OfferExpired(OfferNotLive):
    """The offer's time is over."""

    message = _("This offer has run out. You can ask for a new one.")


class RoundsUsedUp(DomainError):
    """Each side may counter so many times, and a final offer not at all."""

    message = _("This is our last offer. You can accept or refuse it.")


class CounterOutOfRange(DomainError):
    """A counter is above our offer and within reason."""

    message = _("Ask for more than our offer, and for no more than you hoped for or three times our offer.")
    status = 422


class NotSeverable(DomainError):
    """The offer is for all pieces together."""

    message = _("This offer is for all pieces together.")
    status = 422


class NotChecked(DomainError):
    """The checklist is not complete, or a reason or a photo is missing."""

    message = "Tick every point of the checklist, say whether it is genuine, and choose a grade."
    status = 422


class ReturnNotOverdue(DomainError):
    """A piece to give back is its owner's until the time is over and two reminders were in vain."""

    message = "Its owner may still come for it: not enough days and reminders have passed."


class BuyingDamaged(DomainError):
    """Submissions, offers, payouts and letters do not fit together."""

    message = "Buying in does not fit together: run check_buying."


class ContactMissing(DomainError):
    """There is no email to write to."""

    message = "There is no email on file. Copy the text for a chat instead."


class LinkNotValid(DomainError):
    """Unknown, altered, revoked, expired or somebody else's: one answer for all."""

    message = _("This link is not valid.")
    status = 404


class PayoutMoved(DomainError):
    """The payout is not where this step begins."""

    message = _("This payout has changed while you were looking.")


class SecondPersonNeeded(DomainError):
    """Whoever inspected may not approve."""

    message = "Somebody else has to approve this: you inspected these pieces."


class AccountNotReady(DomainError):
    """Bank details are missing, incomplete or too new."""

    message = _("The bank details are missing, or were changed too recently.")


class NotBlocked(DomainError):
    """Nothing keeps this seller from sending us pieces."""

    message = "This seller is not blocked."


class IdNotSeen(DomainError):
    """A large sum in cash is handed to somebody whose ID was seen."""

    message = "Look at the seller's ID first, and say which kind it was."


class CashLimit(DomainError):
    """More than may be paid in cash."""

    message = "This is above the limit for cash. Pay it by bank transfer."


class IbanRefused(DomainError):
    """The IBAN is not one."""

    message = _("Enter an IBAN like IE29 AIBK 9311 5212 3456 78. Its check digits do not fit.")
    status = 422


class CodeRefused(DomainError):
    """The code is wrong, used or too old."""

    message = _("This code is not right, or it is too old. Ask for a new one.")
    status = 422


class NotPayableYet(DomainError):
    """A piece goes on the shelf when it is paid."""

    message = "This piece is not paid yet."


class SellerStillNeeded(DomainError):
    """An open submission needs its seller, and nobody is erased twice."""

    message = "Their contact is erased already, or a submission of theirs is still open. Close it first."


class OfferNotPossible(DomainError):
    """Too low, too soon, too many or already one live: one neutral sentence, never the limit."""

    message = _("We cannot take this offer right now. You can buy the piece at its price, or offer again later.")


class PieceNotFree(DomainError):
    """Sold, held for somebody else, or not on offer any more."""

    message = _("Somebody else has this piece reserved, or it is not on offer any more.")


class ProductOfferMoved(DomainError):
    """The shopper's offer was answered, withdrawn or has run out."""

    message = _("This offer changed while you were looking.")


class StillUnpaid(DomainError):
    """One accepted offer may wait for its money at a time."""

    message = _("Pay for the piece that is held for you first. Then this one can be yours.")


class AnswerOutOfRange(DomainError):
    """Our counter is above the shopper's offer, and not above the price."""

    message = "Name more than the shopper's offer and no more than the price."
    status = 422
