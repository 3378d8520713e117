"""What a process keeps for a while."""

import threading
import time

from core.memory import kept


def test_what_took_long_is_kept_as_it_is() -> None:
    def make() -> list[int]:
        time.sleep(0.05)  # kept for a hundred times as long
        return [1]

    first = kept(key="made", make=make, seconds=60)

    assert kept(key="made", make=make, seconds=60) is first


def test_while_one_makes_it_anew_the_others_go_on_with_the_one_before() -> None:
    begun, may_end = threading.Event(), threading.Event()
    answers: list[str] = []

    def make_slowly() -> str:
        begun.set()
        may_end.wait()
        return "new"

    kept(key="made", make=lambda: "old", seconds=0)
    maker = threading.Thread(target=lambda: answers.append(kept(key="made", make=make_slowly, seconds=60)))
    maker.start()
    begun.wait()
    answers.append(kept(key="made", make=lambda: "never", seconds=60))
    may_end.set()
    maker.join()

    assert answers == ["old", "new"]
