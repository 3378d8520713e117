"""Prove that buying in fits together."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from offers.models import SellOffer, SellSubmission
from offers.queries.findings import buying_findings


class Command(BaseCommand):
    help = "Compare submissions, offers, pieces, payouts and letters with their history; exit code 1 on findings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = buying_findings()
        submissions, offers = SellSubmission.objects.count(), SellOffer.objects.count()
        if options["json"]:
            report = {"submissions": submissions, "offers": offers, "findings": [asdict(each) for each in findings]}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            for finding in findings:
                self.stdout.write(str(finding))
            verdict = f"{len(findings)} findings" if findings else "everything fits together"
            self.stdout.write(f"check_buying: {submissions} submissions, {offers} offers: {verdict}")
        if findings:
            sys.exit(1)
