"""Typing code numbers: the same on every screen where labels are chosen."""

from abc import ABC, abstractmethod

from coder.codebook import Codebook
from coder.codebook.choosing import DigitKeys
from coder.messages import _


class NumberKeys(ABC):
    """What digits do on a desk; what a label or a decision does there is the desk's own.

    Attributes:
        digits: what is typed and still waits.
    """

    digits: DigitKeys

    @property
    @abstractmethod
    def book(self) -> Codebook:
        """The codebook as the person sees it."""

    @abstractmethod
    def toggle(self, label: str) -> None:
        """Choose a label, or take it away."""

    @abstractmethod
    def decide(self, status: str) -> None:
        """Decide without a label."""

    @abstractmethod
    def tell(self, message: str, *, refused: bool = False) -> None:
        """Tell the person something."""

    def digit(self, digit: str) -> str | None:
        """Take a digit of a code number; return the label that was toggled last, None while it waits.

        Nought with nothing pending is "off topic".
        """
        if digit == "0" and not self.digits.pending:
            self.decide("none")
            return None
        typed = self.digits.pending + digit
        try:
            taken = self.digits.press(digit)
        except KeyError:
            self.tell(_("No label has number {number}.").format(number=typed), refused=True)
            return None
        waiting = self.digits.pending
        for label in taken:
            self.toggle(label)
        self.digits.pending = waiting
        meant = self.digits.meant()
        if meant is not None:
            name = self.book.label(meant).name
            self.tell(_("{typed}… · a digit more, or Enter for {label}").format(typed=waiting, label=name))
        elif waiting:
            self.tell(_("{typed}… · a digit more").format(typed=waiting))
        return taken[-1] if taken else None

    def take_pending(self) -> str | None:
        """Take the pending digits as a whole number, and toggle its label; None when it is no number."""
        typed = self.digits.pending
        try:
            label = self.digits.enter()
        except KeyError:
            label = None
        if label is None:
            self.tell(_("No label has number {number}.").format(number=typed), refused=True)
        else:
            self.toggle(label)
        return label
