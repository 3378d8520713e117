"""Finding products by words: what a search means, which products have that, and how well they match.

A search becomes terms. All of them must be met, each by any one of its alternatives: the word as typed (or as it should
have been), its plural or singular, what staff entered as meaning the same. The words a shop knows are few, so a typing
error is looked for among them in memory; products are then looked up by the index of SearchWord, the same way on every
database.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, CharField, Count, Q
from django.db.models.sql.compiler import SQLCompiler
from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.memory import remembered
from inventory.models import SearchWord, Synonyms
from inventory.rules.words import forms_of, is_whole, words_of

MAX_TYPED, MAX_WORDS = 200, 8
# New words are found at once; it takes so long until they may correct a typing error.
VOCABULARY_SECONDS = 600
SYNONYMS_SECONDS = 10
# A word of fewer letters is taken as it is. From so many on, two errors are forgiven.
SHORTEST, LONG = 4, 8
# The beginning of a word needs more letters before it can be told from another one.
SHORTEST_BEGINNING = 5
# Without meaning beside other words.
SAYS_NOTHING = frozenset(("a", "an", "and", "for", "in", "of", "or", "size", "sizes", "the", "with"))

# Each alternative is words that must all be there; a "*" at the end of one says that it may go on.
Term = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Reading:
    """What a search was taken for; `corrected` is how it should have been typed, empty when it was typed right."""

    terms: tuple[Term, ...] = ()
    corrected: str = ""


def read(text: str, *, is_exact: bool = False) -> Reading:
    """Understand what was typed; `is_exact`: correct nothing."""
    typed = words_of(text[:MAX_TYPED])[:MAX_WORDS]
    known = _Known(_vocabulary(), _synonyms())
    words = _one_word_where_known(typed, known)
    words = [(word, parts) for word, parts in words if word not in SAYS_NOTHING] or words
    if not is_exact and (corrections := _corrections([word for word, _ in words], known)):
        corrected = " ".join(corrections.get(word, word) for word in typed)
        return replace(read(corrected, is_exact=True), corrected=corrected)
    return Reading(tuple(_term(word, parts, known) for word, parts in words))


def is_met(terms: Iterable[Term], words: Collection[str]) -> bool:
    """Whether these words alone meet every term."""
    return all(
        any(all(any(fits(word, pattern) for word in words) for pattern in patterns) for patterns in term)
        for term in terms
    )


def having(terms: Iterable[Term]) -> Q:
    """Lots of products that meet every term."""
    wanted = Q()
    for term in terms:
        either = _product_with(words[0] for words in term if len(words) == 1)
        for words in term:
            if len(words) > 1:
                together = Q()
                for word in words:
                    together &= _product_with([word])
                either |= together
        wanted &= either
    return wanted


@dataclass(frozen=True)
class Posting:
    """The products that have a word with this weight, by key."""

    word: str
    weight: int
    products: Sequence[int]


def patterns_of(terms: Iterable[Term]) -> set[str]:
    """All that these terms speak of, each a word or, with a "*", the beginning of one."""
    return {pattern for term in terms for words in term for pattern in words}


def fits(word: str, pattern: str) -> bool:
    """Whether a word is what the pattern says."""
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def words_there_are() -> list[str]:
    """Every word that finds something, in order."""
    return sorted(SearchWord.objects.order_by().values_list("word", flat=True).distinct())


def postings(words: Collection[str]) -> list[Posting]:
    """Who has these words, in one statement that only reads the index."""
    having = SearchWord.objects.filter(word__in=words).order_by().values_list("word", "weight")
    return [
        Posting(word, weight, [*map(int, keys.split(","))])
        for word, weight, keys in having.annotate(keys=_Keys("product_id"))
    ]


def weighing(terms: Collection[Term]) -> Callable[[str, int], int]:
    """How much a word of a weight counts towards these terms.

    A word itself counts twice what begins like it or means the same, and half of a pair hardly at all.
    """
    typed = [term[0][0].rstrip("*") for term in terms]
    meant = {form for word in typed for form in (word, *forms_of(word))}
    alone = {words[0] for term in terms for words in term if len(words) == 1}

    def counting(word: str, weight: int) -> int:
        if word in meant:
            return 2 * weight
        return weight if any(fits(word, pattern) for pattern in alone) else 1

    return counting


@dataclass(frozen=True)
class _Known:
    """The words that find something, the commonest first, each on its line; and by word, what means the same."""

    vocabulary: str
    synonyms: dict[str, Term]

    def is_word(self, word: str) -> bool:
        return word in self.synonyms or f"\n{word}\n" in self.vocabulary

    def can_be_met(self, word: str) -> bool:
        """Whether something begins like this, or is called so in another form, or by two words."""
        return (
            f"\n{word}" in self.vocabulary
            or any(self.is_word(form) for form in (word, *forms_of(word)))
            or bool(self.apart(word))
        )

    def apart(self, word: str) -> tuple[str, ...]:
        """Two words that were typed as one: "denimjacket"."""
        cuts = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
        return next((cut for cut in cuts if all(f"\n{part}\n" in self.vocabulary for part in cut)), ())

    def nearest(self, word: str) -> str:
        """The word with the fewest errors between, the commoner of two; empty when none is near."""
        errors = 1 if len(word) < LONG else 2
        words = [each for each in (*self.vocabulary.split(), *self.synonyms) if len(each) >= SHORTEST - 1]
        beginnings = [each[: len(word)] for each in words]
        for candidates in [words, beginnings] if len(word) >= SHORTEST_BEGINNING else [words]:
            near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=errors, limit=None)
            near = [each for each in near if each[0].isalpha()]
            if near:
                return words[min(near, key=lambda each: (each[1], each[0][0] != word[0], each[2]))[2]]
        return ""


class _Keys(Aggregate):
    """Keys, with commas between: a thousand of them in a row cost less than a thousand rows."""

    function = "GROUP_CONCAT"
    output_field = CharField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template="STRING_AGG(%(expressions)s::text, ',')", **context)


def _product_with(patterns: Iterable[str]) -> Q:
    return Q(product__in=SearchWord.objects.filter(_like(patterns)).values("product_id"))


def _like(patterns: Iterable[str]) -> Q:
    all_patterns = sorted(set(patterns))
    found = Q(word__in=[pattern for pattern in all_patterns if not pattern.endswith("*")])
    for word in [pattern.rstrip("*") for pattern in all_patterns if pattern.endswith("*")]:
        # The range lets both databases use the index, in any collation; the beginning makes it exact.
        found |= Q(word__gte=word, word__lte=f"{word}zzzzzzzz", word__startswith=word)
    return found


def _term(word: str, parts: tuple[str, ...], known: _Known) -> Term:
    """What meets a word, that word itself first; `parts`, if any, are how it was typed apart."""
    found: list[tuple[str, ...]] = [(word if is_whole(word) else f"{word}*",)]
    found += [(form,) for form in forms_of(word)]
    if not is_whole(word) and not (parts or known.is_word(word)):
        parts = known.apart(word)
    if parts and not is_whole(word):
        found.append(_together(parts))
    found += chain.from_iterable(known.synonyms.get(each, ()) for each in (word, *forms_of(word)))
    return tuple(dict.fromkeys(found))


def _together(words: Iterable[str]) -> tuple[str, ...]:
    """What meets all of these, each as one or as many."""
    return tuple(word if is_whole(word) else f"{min((word, *forms_of(word)), key=len)}*" for word in words)


def _one_word_where_known(typed: list[str], known: _Known) -> list[tuple[str, tuple[str, ...]]]:
    """The words, two of them as one (with these two) where they are known as one: "uk 9", "t shirt"."""
    found: list[tuple[str, tuple[str, ...]]] = []
    rest = list(typed)
    while rest:
        parts = tuple(rest[:2])
        if len(parts) == 2 and known.is_word("".join(parts)):
            found.append(("".join(parts), parts))
            del rest[:2]
        else:
            found.append((rest.pop(0), ()))
    return found


def _corrections(words: list[str], known: _Known) -> dict[str, str]:
    """The words that nothing meets but a known one is near to, each with that."""
    unknown = [word for word in words if len(word) >= SHORTEST and word.isalpha() and not known.can_be_met(word)]
    found = {word: near for word in unknown if (near := known.nearest(word))}
    if found:
        # What came in since the vocabulary was read is no error.
        new = SearchWord.objects.filter(_like(f"{word}*" for word in found)).values_list("word", flat=True)
        begun = list(new.distinct()[:100])
        found = {word: near for word, near in found.items() if not any(each.startswith(word) for each in begun)}
    return found


def _vocabulary() -> str:
    """Every word that finds something, the commonest first, each on a line."""
    return remembered(key="search-vocabulary", make=_read_vocabulary, seconds=VOCABULARY_SECONDS)


def _read_vocabulary() -> str:
    counted = SearchWord.objects.values_list("word").annotate(pieces=Count("pk")).order_by()
    return "\n" + "\n".join(word for word, _ in sorted(counted, key=lambda each: (-each[1], each[0]))) + "\n"


def _synonyms() -> dict[str, Term]:
    """By word, what means the same."""
    return remembered(key="search-synonyms", make=_read_synonyms, seconds=SYNONYMS_SECONDS)


def _read_synonyms() -> dict[str, Term]:
    found: dict[str, Term] = {}
    for group in Synonyms.objects.all():
        entries = [words_of(entry) for entry in group.words.split(",")]
        met_by: list[tuple[str, ...]] = []
        for words in entries:
            joined = "".join(words)
            met_by += [
                (joined,),
                *((form,) for form in forms_of(joined)),
                *([_together(words)] if len(words) > 1 else []),
            ]
        for words in entries:
            word = "".join(words)
            for form in (word, *forms_of(word)) if word else ():
                found[form] = (*found.get(form, ()), *met_by)
    return found
