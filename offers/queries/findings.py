"""The proof of buying in: statuses, sums, payouts and letters say the same as the history they came from."""

# ruff: noqa: S608  the statements are put together from our own words, never from input
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from offers.rules import items as item_rules
from offers.rules import submissions as submission_rules

FINDINGS = {
    "offer_sum": "the lines of an offer do not add up to its total",
    "live_offer": "the live offer does not fit the status of its submission",
    "deal": "a submission has more or fewer accepted offers than its status says",
    "piece_status": "the status of a piece does not fit that of its submission",
    "offered_pieces": "the pieces shown as offered are not those of the live offer",
    "close_reason": "the reason for closing does not fit what was bought",
    "agreed_amount": "what is owed for a piece is not what was agreed, inspected and answered",
    "stocked": "a piece in stock without exactly one intake at what was agreed",
    "overpaid": "more was paid than is due",
    "underpaid": "closed as completed, but not paid in full",
    "payout": "the open payout is more than what is due and not paid, or there is none",
    "document": "a settled payout without a buy-in document of the same sum, or a gap in their numbers",
    "phase": "a submission went back to an earlier phase",
    "history": "the status is not where the audit ends, or a step has no audit entry of its own",
    "cents": "an amount below nothing, or with parts of a cent",
    "letter": "a step that the seller was not told about exactly once",
}


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit; `expected` is what the rest of the rows say."""

    kind: str
    thing: str
    pk: int
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.thing} {self.pk}: {FINDINGS[self.kind]} (expected {self.expected}, found {self.found})"


def _words(statuses: Iterable[str]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(str(each) for each in statuses))


def _phase(column: str) -> str:
    ranks = " ".join(f"WHEN '{status}' THEN {rank}" for status, rank in sorted(submission_rules.PHASE.items()))
    return f"CASE {column} {ranks} END"


STATUSES = _words(submission_rules.PHASE)
PIECES_MAY_BE = {
    **{status: {"submitted"} for status in ("draft", "submitted", "in_review", "info_requested", "stalled")},
    **{status: {"submitted", "offered"} for status in ("offered", "countered")},
    "agreed": {"agreed", "declined", "excluded"},
    "received": set(item_rules.NEXT) - {"submitted", "offered"},
    "settling": set(item_rules.NEXT) - {"submitted", "offered", "agreed", "received", "requoted"},
    "closed": item_rules.ENDS,
}
FITTING = " OR ".join(
    f"(s.status = '{status}' AND i.status IN ({_words(may_be)}))" for status, may_be in PIECES_MAY_BE.items()
)
MONEY = {
    "offer": ("offers_selloffer", ("total",)),
    "offer line": ("offers_sellofferline", ("amount", "old_amount")),
    "piece": ("offers_sellitem", ("asking_amount", "proposed_amount", "agreed_amount")),
    "payout": ("offers_payout", ("amount",)),
    "inspection": ("offers_inspection", ("amount", "old_amount")),
    "document": ("offers_buyindocument", ("total",)),
}
# What a seller is told when: the audit's action, and the occasion of the letter.
TOLD = {
    "submitted": "received",
    "question asked": "question",
    "offer made": "offer",
    "countered": "counter_received",
    "counter declined": "counter_declined",
    "offer withdrawn": "offer_withdrawn",
    "agreed": "agreed",
    "received": "arrived",
    "revision sent": "revision",
    "inspection finished": "inspected",
    "declined": "declined",
    "withdrawn": "withdrawn",
    "deal called off": "called_off",
    "closed": "closed",
}
MONEY_OF = f"""
money AS (
    SELECT s.id, s.status, s.close_reason,
        COALESCE((SELECT SUM(i.agreed_amount) FROM offers_sellitem i
            WHERE i.submission_id = s.id AND i.status IN ({_words(item_rules.BOUGHT)})), 0) AS due,
        COALESCE((SELECT SUM(p.amount) FROM offers_payout p
            WHERE p.submission_id = s.id AND p.status = 'settled'), 0) AS paid,
        COALESCE((SELECT SUM(p.amount) FROM offers_payout p
            WHERE p.submission_id = s.id AND p.status IN ('due', 'approved', 'sent')), 0) AS open
    FROM offers_sellsubmission s WHERE s.status IN ('settling', 'closed')
        OR EXISTS (SELECT 1 FROM offers_payout p WHERE p.submission_id = s.id)
)"""
SQL: dict[str, str] = {
    "offer_sum": """
        SELECT 'offer', o.id, COALESCE(SUM(l.amount), 0), o.total
        FROM offers_selloffer o LEFT JOIN offers_sellofferline l ON l.offer_id = o.id
        GROUP BY o.id, o.total HAVING COUNT(l.id) = 0 OR ABS(SUM(l.amount) - o.total) > 0.001""",
    "live_offer": """
        SELECT 'submission', s.id, s.status, COALESCE(o.side, 'no live offer')
        FROM offers_sellsubmission s LEFT JOIN (
            SELECT submission_id, CASE kind WHEN 'revision' THEN 'revision' ELSE party END AS side
            FROM offers_selloffer WHERE status = 'live'
        ) o ON o.submission_id = s.id
        WHERE COALESCE(o.side, '')
            <> CASE s.status WHEN 'offered' THEN 'shop' WHEN 'countered' THEN 'seller' ELSE '' END
            AND NOT (s.status = 'received' AND o.side = 'revision')""",
    "deal": """
        SELECT 'submission', s.id, s.status || ' ' || s.close_reason, COUNT(o.id)
        FROM offers_sellsubmission s
        LEFT JOIN offers_selloffer o ON o.submission_id = s.id AND o.status = 'accepted' AND o.kind <> 'revision'
        GROUP BY s.id, s.status, s.close_reason
        HAVING COUNT(o.id) > 1
            OR (COUNT(o.id) = 0 AND s.import_key IS NULL AND (s.status IN ('agreed', 'received', 'settling')
                OR s.close_reason IN ('completed', 'nothing_bought', 'not_received')))
            OR (COUNT(o.id) = 1 AND s.status NOT IN ('agreed', 'received', 'settling')
                AND s.close_reason NOT IN ('completed', 'nothing_bought', 'not_received', 'withdrawn'))""",
    "piece_status": f"""
        SELECT 'piece', i.id, s.status, i.status
        FROM offers_sellitem i JOIN offers_sellsubmission s ON s.id = i.submission_id WHERE NOT ({FITTING})""",
    "offered_pieces": """
        SELECT 'piece', i.id, CASE o.kind WHEN 'revision' THEN 'requoted' ELSE 'offered' END, i.status
        FROM offers_sellofferline l JOIN offers_selloffer o ON o.id = l.offer_id AND o.status = 'live'
        JOIN offers_sellitem i ON i.id = l.item_id
        WHERE i.status <> CASE o.kind WHEN 'revision' THEN 'requoted' ELSE 'offered' END
        UNION ALL
        SELECT 'piece', i.id, 'in the live offer', 'not in it'
        FROM offers_sellitem i JOIN offers_sellsubmission s ON s.id = i.submission_id AND s.status = 'offered'
        WHERE i.status = 'offered' AND NOT EXISTS (SELECT 1 FROM offers_sellofferline l
            JOIN offers_selloffer o ON o.id = l.offer_id AND o.status = 'live' WHERE l.item_id = i.id)""",
    "close_reason": """
        SELECT 'submission', s.id, CASE WHEN COUNT(i.id) > 0 THEN 'completed' ELSE 'not completed' END, s.close_reason
        FROM offers_sellsubmission s LEFT JOIN offers_sellitem i ON i.submission_id = s.id AND i.status = 'stocked'
        WHERE s.status = 'closed' AND s.import_key IS NULL
        GROUP BY s.id, s.close_reason HAVING (COUNT(i.id) > 0) <> (s.close_reason = 'completed')""",
    "agreed_amount": f"""
        SELECT 'piece', id, should, agreed_amount FROM (
            SELECT i.id, i.agreed_amount, COALESCE(
                (SELECT MAX(n.amount) FROM offers_inspection n WHERE n.item_id = i.id AND n.outcome = 'uplift'),
                (SELECT MIN(l.amount) FROM offers_sellofferline l JOIN offers_selloffer o ON o.id = l.offer_id
                    WHERE l.item_id = i.id AND o.kind = 'revision' AND o.status = 'accepted' AND l.answer = 'take'),
                (SELECT MIN(l.amount) FROM offers_sellofferline l JOIN offers_selloffer o ON o.id = l.offer_id
                    WHERE l.item_id = i.id AND o.kind <> 'revision' AND o.status = 'accepted')
            ) AS should FROM offers_sellitem i JOIN offers_sellsubmission s ON s.id = i.submission_id
            WHERE s.import_key IS NULL AND i.status IN ({_words(item_rules.BOUGHT | {"agreed"})})
        ) amounts WHERE should IS NULL OR ABS(should - agreed_amount) > 0.001""",
    "stocked": """
        SELECT 'piece', i.id, '1 intake', COUNT(m.id)
        FROM offers_sellitem i JOIN inventory_stockitem k ON k.id = i.stock_item_id
        LEFT JOIN inventory_stockmove m ON m.stock_item_id = k.id AND m.reason = 'intake' AND m.quantity = 1
            AND m.cause = 'piece ' || i.id AND ABS(m.unit_amount - i.agreed_amount) < 0.001
        WHERE i.status = 'stocked' AND i.import_key IS NULL GROUP BY i.id, k.product_id, i.product_id
        HAVING COUNT(m.id) <> 1 OR k.product_id <> i.product_id""",
    "overpaid": f"WITH {MONEY_OF} SELECT 'submission', id, due, paid FROM money WHERE paid - due > 0.001",
    "underpaid": f"""
        WITH {MONEY_OF} SELECT 'submission', id, due, paid FROM money
        WHERE close_reason = 'completed' AND due - paid > 0.001""",
    "payout": f"""
        WITH {MONEY_OF} SELECT 'submission', id, CASE status WHEN 'settling' THEN due - paid ELSE 0 END, open FROM money
        -- A held piece that passes while a payout is open is paid by the next one, so an open one may be for less.
        WHERE open - CASE WHEN status = 'settling' AND due > paid THEN due - paid ELSE 0 END > 0.001
            OR (status = 'settling' AND open = 0 AND due - paid > 0.001)
            OR (status NOT IN ('settling', 'closed'))""",
    "document": """
        SELECT 'payout', p.id, p.amount, COALESCE(d.total, 0)
        FROM offers_payout p JOIN offers_sellsubmission s ON s.id = p.submission_id AND s.import_key IS NULL
        LEFT JOIN offers_buyindocument d ON d.payout_id = p.id
        WHERE (p.status = 'settled' AND (d.id IS NULL OR ABS(d.total - p.amount) > 0.001))
            OR (p.status <> 'settled' AND d.id IS NOT NULL)
        UNION ALL
        SELECT 'document', MAX(number), COUNT(*), MAX(number) FROM offers_buyindocument
        HAVING COUNT(*) <> COALESCE(MAX(number), 0)""",
    "phase": f"""
        SELECT 'submission', s.id, a.before, a.after
        FROM core_auditentry a JOIN offers_sellsubmission s ON a.subject = 'submission ' || s.reference
        WHERE a.before IN ({STATUSES}) AND a.after IN ({STATUSES}) AND a.action <> 'brought over'
            AND (a.before = 'closed' OR {_phase("a.before")} > {_phase("a.after")})""",
    "history": f"""
        WITH step AS (
            SELECT subject, before, after, LAG(after) OVER (PARTITION BY subject ORDER BY id) AS earlier,
                ROW_NUMBER() OVER (PARTITION BY subject ORDER BY id DESC) AS from_end
            FROM core_auditentry
            WHERE (subject LIKE 'submission %' AND before IN ({STATUSES}) AND after IN ({STATUSES}))
                OR (subject LIKE 'piece %' AND before <> '')
        ), thing AS (
            SELECT 'submission' AS kind, id, 'submission ' || reference AS subject, status, 'draft' AS start
                FROM offers_sellsubmission WHERE import_key IS NULL
            UNION ALL
            SELECT 'piece', i.id, 'piece ' || i.id, i.status, CASE WHEN i.is_extra THEN 'received' ELSE 'submitted' END
                FROM offers_sellitem i JOIN offers_sellsubmission s ON s.id = i.submission_id
                WHERE s.import_key IS NULL
        )
        SELECT t.kind, t.id, COALESCE(p.after, t.start), t.status
            FROM thing t LEFT JOIN step p ON p.subject = t.subject AND p.from_end = 1
            WHERE COALESCE(p.after, t.start) <> t.status
        UNION ALL
        SELECT t.kind, t.id, COALESCE(p.earlier, t.start), p.before FROM thing t JOIN step p ON p.subject = t.subject
            WHERE COALESCE(p.earlier, t.start) <> p.before
        UNION ALL
        SELECT 'offer', o.id, '1 entry', CAST(COUNT(a.id) AS VARCHAR(9)) FROM offers_selloffer o
            JOIN offers_sellsubmission s ON s.id = o.submission_id AND s.import_key IS NULL
            LEFT JOIN core_auditentry a ON a.subject = 'submission ' || s.reference
                AND a.action = 'offer ' || o.number || ' ' || o.status
            WHERE o.status <> 'live' GROUP BY o.id HAVING COUNT(a.id) <> 1
        UNION ALL
        SELECT 'payout', p.id, '1 entry', CAST(COUNT(a.id) AS VARCHAR(9)) FROM offers_payout p
            JOIN offers_sellsubmission s ON s.id = p.submission_id AND s.import_key IS NULL
            LEFT JOIN core_auditentry a ON a.subject = 'submission ' || s.reference
                AND a.action = 'payout ' || p.attempt || ' ' || p.status
            GROUP BY p.id HAVING COUNT(a.id) <> 1""",
    "cents": " UNION ALL ".join(
        f"SELECT '{thing}', id, 'whole cents', {column} FROM {table} "
        f"WHERE {column} < 0 OR ABS({column} * 100 - ROUND({column} * 100)) > 0.0001"
        for thing, (table, columns) in MONEY.items()
        for column in columns
    ),
    "letter": f"""
        WITH told(action, occasion) AS (VALUES {", ".join(f"('{act}', '{told}')" for act, told in TOLD.items())}
        ), steps AS (
            SELECT s.id, told.occasion, COUNT(*) AS many FROM core_auditentry a
            JOIN told ON told.action = a.action
            JOIN offers_sellsubmission s ON a.subject = 'submission ' || s.reference
            GROUP BY s.id, told.occasion
        ), kept AS (
            SELECT submission_id AS id, occasion, COUNT(*) AS many,
                SUM(CASE channel WHEN 'email' THEN 1 ELSE 0 END) AS mailed
            FROM offers_sellermessage WHERE direction = 'out' GROUP BY submission_id, occasion
        ), posted AS (
            SELECT s.id, kept.occasion, COUNT(o.id) AS many FROM kept JOIN offers_sellsubmission s ON s.id = kept.id
            LEFT JOIN core_outboxmessage o ON o.about = 'submission ' || s.reference
                AND o.dedupe_key LIKE kept.occasion || ':' || s.reference || ':%'
            GROUP BY s.id, kept.occasion
        )
        SELECT 'submission', steps.id, steps.many || ' ' || steps.occasion, COALESCE(kept.many, 0)
            FROM steps LEFT JOIN kept ON kept.id = steps.id AND kept.occasion = steps.occasion
            WHERE steps.many <> COALESCE(kept.many, 0)
        UNION ALL
        SELECT 'submission', kept.id, kept.mailed || ' mails: ' || kept.occasion, posted.many
            FROM kept JOIN posted ON posted.id = kept.id AND posted.occasion = kept.occasion
            WHERE kept.mailed <> posted.many""",
}


def buying_findings() -> list[Finding]:
    """Everything in buying in that does not fit together, one statement a kind; empty when all is well."""
    return list(_findings())


def _findings() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        for kind, sql in SQL.items():
            cursor.execute(sql)
            for thing, pk, expected, found in cursor.fetchall():
                yield Finding(kind, thing, pk, str(expected), str(found))
