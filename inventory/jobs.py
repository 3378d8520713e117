"""The nightly proof of the ledger."""

from datetime import datetime, timedelta

from core import jobs
from inventory.errors import LedgerDamaged
from inventory.queries import ledger


def check_stock(now: datetime) -> dict[str, int]:
    """Prove the ledger; a finding makes the job fail, so that it shows on the staff home page (LedgerDamaged)."""
    findings = ledger.stock_findings()
    if findings:
        raise LedgerDamaged(f"{len(findings)} findings, the first: {findings[0]}")
    return {"findings": 0}


jobs.register("check stock", check_stock, every=timedelta(days=1), lease=jobs.LONG_LEASE)
