"""The types of the columns of a table: guessed, then corrected by the user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nnplay.data.importing.columns import Role

TARGET: Role = "t"


@dataclass(frozen=True)
class ColumnTypes:
    """One type for each column, of which exactly one is the target."""

    guesses: tuple[Role, ...]
    """What the first rows look like."""
    roles: tuple[Role, ...]
    """What is used."""
    edited: frozenset[int] = frozenset()
    """The columns whose type the user has set; the whole file may still correct the others."""

    @property
    def target(self) -> int:
        """The column to predict."""
        return self.roles.index(TARGET)

    def with_target(self, column: int) -> ColumnTypes:
        """Predict another column; the one before gets its guess back."""
        roles = list(self.roles)
        roles[self.target] = self.guesses[self.target]
        roles[column] = TARGET
        return replace(self, roles=tuple(roles), edited=self.edited - {column})

    def with_type(self, column: int, role: Role) -> ColumnTypes:
        """Set the type of a column; another one is predicted where it was the target."""
        if role == TARGET:
            return self.with_target(column)
        types = self
        if column == self.target:
            others = [at for at in range(len(self.roles)) if at != column]
            if not others:
                return self  # the only column has to be the target
            types = self.with_target(others[-1])
        roles = list(types.roles)
        roles[column] = role
        return replace(types, roles=tuple(roles), edited=types.edited | {column})

    def with_guesses(self, guesses: Sequence[Role]) -> ColumnTypes:
        """Take other guesses for the same columns, and keep what the user has set."""
        roles = [self.roles[at] if at in self.edited else kind for at, kind in enumerate(guesses)]
        roles[self.target] = TARGET
        return ColumnTypes(tuple(guesses), tuple(roles), self.edited - {self.target})

    def for_import(self, guesses: Iterable[str]) -> str:
        """Return the type of each column, from `guesses` where the user set none."""
        return "".join(
            role if at in self.edited or role == TARGET else guess
            for at, (role, guess) in enumerate(zip(self.roles, guesses, strict=True))
        )


def guessed_types(guesses: Sequence[Role]) -> ColumnTypes:
    """Return the guesses, with the last column that is not empty as the target."""
    used = [at for at, guess in enumerate(guesses) if guess != "?"]
    roles = list(guesses)
    roles[used[-1] if used else -1] = TARGET
    return ColumnTypes(tuple(guesses), tuple(roles))
