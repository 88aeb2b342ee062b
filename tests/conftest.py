"""Every test reads English messages, and none sees the developer's own settings."""

from collections.abc import Iterator

import pytest

from coder.messages import set_language


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("CODER_LANG", raising=False)
    set_language("en")
    yield
    set_language(None)
