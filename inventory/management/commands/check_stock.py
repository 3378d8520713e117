"""Prove that all stock equals the sum of its moves."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inventory.models import StockItem, StockMove
from inventory.queries import ledger


class Command(BaseCommand):
    help = "Compare every balance with its moves and every reservation with its copies; exit code 1 on findings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = ledger.stock_findings()
        lots, moves = StockItem.objects.count(), StockMove.objects.count()
        if options["json"]:
            report = {"lots": lots, "moves": moves, "findings": [asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            for finding in findings:
                self.stdout.write(str(finding))
            verdict = f"{len(findings)} findings" if findings else "all stock adds up"
            self.stdout.write(f"check_stock: {lots} lots, {moves} moves: {verdict}")
        if findings:
            sys.exit(1)
