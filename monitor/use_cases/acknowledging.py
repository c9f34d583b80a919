"""The one construct in which a use case that stores something is run: nobody hears of it before it is safe."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from monitor.state import State

P = ParamSpec("P")
R = TypeVar("R")


def acknowledged(use_case: Callable[Concatenate[State, P], R]) -> Callable[Concatenate[State, P], R]:
    """Makes a use case return only after what it stored is in the mirror of the action log, fsynced.

    Args:
        use_case: A function whose first parameter is the store it writes to.
    """

    @wraps(use_case)
    def run(state: State, /, *args: P.args, **kwargs: P.kwargs) -> R:
        result = use_case(state, *args, **kwargs)
        state.flush_mirror()
        return result

    return run
