"""What the worker does for buying in from time to time; each job only tidies up what time has decided already."""

from datetime import datetime, timedelta

from core import jobs
from offers.errors import BuyingDamaged
from offers.queries.findings import buying_findings
from offers.services import banking, bidding, drafting, timers


def tidy_submissions(now: datetime) -> dict[str, int]:
    """End what has run out, and say so."""
    return {
        "offers expired": timers.expire_offers(now=now),
        "stalled closed": timers.close_stalled(now=now),
        "unanswered closed": timers.close_unanswered(now=now),
        "never came": timers.give_up_waiting(now=now),
    }


def forget_what_is_not_needed(now: datetime) -> dict[str, int]:
    """Delete stale drafts, old photos, old bank details and old contacts."""
    return {
        "drafts": drafting.delete_stale_drafts(now=now),
        "photos": timers.purge_photos(now=now),
        "bank details": banking.forget_old_accounts(now=now),
        "contacts": timers.forget_contacts(now=now),
    }


def check_buying(now: datetime) -> dict[str, int]:
    """Prove buying in; a finding makes the job fail, so that it shows on the staff home page (BuyingDamaged)."""
    findings = buying_findings()
    if findings:
        raise BuyingDamaged(f"{len(findings)} findings, the first: {findings[0]}")
    return {"findings": 0}


jobs.register("tidy submissions", tidy_submissions, every=timedelta(minutes=1))
jobs.register("remind sellers", lambda now: {"told": timers.remind(now=now)}, every=timedelta(minutes=15))
jobs.register("alert the shop", lambda now: {"told": timers.alert(now=now)}, every=timedelta(minutes=15))
jobs.register("forget sellers' data", forget_what_is_not_needed, every=timedelta(hours=6), lease=jobs.LONG_LEASE)
jobs.register("settle offers", lambda now: {"lots": bidding.settle_ended(now=now)}, every=timedelta(minutes=1))
jobs.register("check buying", check_buying, every=timedelta(days=1), lease=jobs.LONG_LEASE)
