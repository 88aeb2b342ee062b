"""Asking before an answer is coded that makes the audit sample of its wave void."""

from collections.abc import Callable

from coder.messages import _
from coder.tui.app import CoderApp
from coder.tui.desk import Desk
from coder.tui.dialogs import ConfirmHarm


def ask_to_void(app: CoderApp, desk: Desk, then: Callable[[], None]) -> None:
    """Ask whether what the desk keeps unsaved is to be coded all the same, and do what is said."""
    unsaved, desk.unsaved = desk.unsaved, None
    assert unsaved is not None  # noqa: S101  (asked for when there is something)

    def answered(yes: bool | None) -> None:
        if yes:
            desk.save(unsaved.status, unsaved.labels, unsaved.others, void_audit=True)
        else:
            desk.tell(_("Not coded."))
        then()

    app.push_screen(
        ConfirmHarm(_("This makes the audit sample void"), unsaved.why, _("code it all the same")), answered
    )
