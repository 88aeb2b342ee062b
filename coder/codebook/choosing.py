"""Choosing labels for an answer: in order of mention, exclusive ones alone."""

from collections.abc import Iterable, Sequence

from coder.codebook.records import Codebook


def toggle(codebook: Codebook, chosen: Sequence[str], label: str) -> tuple[str, ...]:
    """Return the chosen labels with this one added at the end, or taken away when it was chosen.

    An exclusive label takes the place of all others; any other label takes the place of an exclusive one.
    """
    if label in chosen:
        return tuple(other for other in chosen if other != label)
    if codebook.label(label).exclusive:
        return (label,)
    return (*(other for other in chosen if not codebook.label(other).exclusive), label)


def still_there(codebook: Codebook, chosen: Iterable[str]) -> tuple[str, ...]:
    """Return the chosen labels that can still be given: a codebook may have changed since."""
    active = {label.id for label in codebook.active}
    return tuple(label for label in chosen if label in active)


class DigitKeys:
    """Code numbers typed digit by digit.

    A digit that could begin a longer number waits for the next digit or for Enter; one that can only mean
    one number is taken at once. Nought begins no number: it means something only when nothing is pending.

    Attributes:
        pending: the digits typed so far; "" when none are waiting.
    """

    def __init__(self, codebook: Codebook) -> None:
        self.pending = ""
        self._label = {str(label.number): label.id for label in codebook.active if label.number is not None}

    def press(self, digit: str) -> tuple[str, ...]:
        """Take a digit; return the labels that are meant now, none while it waits.

        1 and then 3, where there is no 13, are the one label and then the other, or the one while the other
        waits. Raises KeyError, and forgets what was pending, when no number begins like this; 20 is no 2
        and then nought, which means something else.
        """
        typed = self.pending + digit
        longer = [number for number in self._label if number.startswith(typed) and number != typed]
        if typed not in self._label and not longer:
            before, self.pending = self.meant(), ""
            if before is None or digit == "0":
                raise KeyError(typed)
            return (before, *self.press(digit))
        if longer:
            self.pending = typed
            return ()
        self.pending = ""
        return (self._label[typed],)

    def enter(self) -> str | None:
        """Take the pending digits as a whole number; None when nothing is pending.

        Raises KeyError, and forgets them, when they are no number.
        """
        typed, self.pending = self.pending, ""
        return self._label[typed] if typed else None

    def meant(self) -> str | None:
        """Return the label that Enter would take now, if any."""
        return self._label.get(self.pending)

    def clear(self) -> None:
        """Forget what is pending."""
        self.pending = ""
