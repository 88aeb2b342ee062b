"""A codebook from an Excel sheet: one that `dump_workbook` made or that a person did."""

import io
from collections.abc import Sequence
from typing import Any

from coder.codebook.identifiers import make_id
from coder.codebook.parsing import as_number, as_yes_no
from coder.codebook.records import Codebook, Label
from coder.codebook.structure import CodebookError, faults, number_fault, shown
from coder.codebook.workbook import FLAGS, HEADINGS, LINE_BREAK, LISTS, QUESTION_SHEETS, headings, one_break
from coder.messages import _

# how an encrypted workbook and an .xls begin
_OLE = b"\xd0\xcf\x11\xe0"


def parse_workbook(content: bytes, source: str) -> Codebook:
    """Return the codebook in the content of an .xlsx file; `source` is the file's name in messages.

    The sheet is the first with a column of names; the question is "" when no sheet Question or Vraag has it.
    A missing id is made from the name; a parent may be written by id or by name. Raises CodebookError, in
    one line with the row, for what is not a workbook or not a codebook.
    """
    sheets = _sheets(content, source)
    for sheet, rows in sheets.items():
        start = next((nth for nth, row in enumerate(rows) if any(cell != "" for cell in row)), None)
        if start is not None and any(_field(cell) == "name" for cell in rows[start]):
            labels = _SheetReader(source, sheet).labels(rows, start)
            return Codebook(_question(sheets), labels)
    raise CodebookError(
        _(
            "{file}: no sheet has a column of names; the first row should have the headings {headings} "
            "(only {name} is needed)."
        ).format(file=source, headings=", ".join(headings().values()), name=headings()["name"])
    )


def _sheets(content: bytes, source: str) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    if content.startswith(_OLE):
        raise CodebookError(
            _(
                "{file}: this workbook has a password or is an old .xls; save it in Excel as .xlsx "
                "without a password."
            ).format(file=source)
        )
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            about.name: book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
            for about in book.sheets_metadata
            if about.typ == SheetTypeEnum.WorkSheet
        }
    except CalamineError as error:
        raise CodebookError(
            _("{file}: this is not a workbook, or a broken one; open it in Excel and save it again.").format(
                file=source
            )
        ) from error


def _question(sheets: dict[str, list[list[Any]]]) -> str:
    for name, rows in sheets.items():
        if name.capitalize() in QUESTION_SHEETS and rows and len(rows[0]) > 1:
            return one_break(str(rows[0][1]))
    return ""


def _field(heading: object) -> str | None:
    wanted = " ".join(str(heading).split()).casefold()
    return next((key for key, names in HEADINGS.items() if wanted in names), None)


class _SheetReader:
    """Takes the rows of a sheet for labels, or says in which row that fails."""

    def __init__(self, source: str, sheet: str) -> None:
        self.source = source
        self.sheet = sheet

    def place(self, row: int) -> str:
        return _("{file}, sheet {sheet}, row {row}").format(file=self.source, sheet=self.sheet, row=row + 1)

    def labels(self, rows: Sequence[Sequence[Any]], start: int) -> tuple[Label, ...]:
        columns = self.columns(rows, start)
        filled = [nth for nth in range(start + 1, len(rows)) if any(str(c).strip() for c in rows[nth])]
        read = [self.fields(rows[nth], columns, self.place(nth)) for nth in filled]
        taken = [fields["id"] for fields in read if fields.get("id")]
        for fields in read:
            if not fields.get("id"):
                fields["id"] = make_id(fields["name"], taken)
                taken.append(fields["id"])
        by_name = {fields["name"].casefold(): fields["id"] for fields in reversed(read)}
        labels = []
        for nth, fields in zip(filled, read, strict=True):
            parent = fields.get("parent", "")
            if parent and parent not in taken:
                fields["parent"] = by_name.get(parent.casefold(), parent)
            labels.append(self.label(fields, self.place(nth)))
        for fault in faults(labels, lambda index: self.place(filled[index])):
            raise CodebookError(fault.message)
        return tuple(labels)

    def columns(self, rows: Sequence[Sequence[Any]], start: int) -> dict[int, str]:
        columns: dict[int, str] = {}
        for column, heading in enumerate(rows[start]):
            if not str(heading).strip() and not any(str(row[column]).strip() for row in rows[start:]):
                continue
            if not str(heading).strip():
                raise CodebookError(
                    _(
                        "{place}: column {n} has texts but no heading; write one or take the column away."
                    ).format(place=self.place(start), n=column + 1)
                )
            key = _field(heading)
            if key is None:
                raise CodebookError(
                    _(
                        '{place}: "{heading}" is not a column of a codebook; rename it or take it away '
                        "(the columns are {headings})."
                    ).format(
                        place=self.place(start),
                        heading=shown(heading),
                        headings=", ".join(headings().values()),
                    )
                )
            if key in columns.values():
                raise CodebookError(
                    _('{place}: the column "{heading}" stands here a second time.').format(
                        place=self.place(start), heading=shown(heading)
                    )
                )
            columns[column] = key
        return columns

    def fields(self, row: Sequence[Any], columns: dict[int, str], place: str) -> dict[str, str]:
        fields = {}
        for column, key in columns.items():
            cell = row[column]
            if isinstance(cell, bool) and key in FLAGS:
                fields[key] = "x" if cell else ""
            elif isinstance(cell, float) and cell.is_integer():
                fields[key] = str(int(cell))
            elif isinstance(cell, str | int | float) and not isinstance(cell, bool):
                text = one_break(str(cell))
                fields[key] = text if key in ("definition", *LISTS) else text.strip()
            else:
                raise CodebookError(
                    _(
                        "{place}: Excel made something else of the text under {key} ({found}); set the cell "
                        "to Text and type it again."
                    ).format(place=place, key=key, found=shown(cell))
                )
        return fields

    def label(self, fields: dict[str, str], place: str) -> Label:
        lists = {key: _items(fields.get(key, "")) for key in LISTS}
        number = fields.get("number", "")
        if number and as_number(number) is None:
            raise CodebookError(number_fault(place, number))
        flags = {key: as_yes_no(fields.get(key, "")) for key in FLAGS}
        for key, holds in flags.items():
            if holds is None:
                raise CodebookError(
                    _('{place}: {key} is x or nothing, not "{found}".').format(
                        place=place, key=key, found=shown(fields[key])
                    )
                )
        return Label(
            id=fields["id"],
            name=fields["name"],
            number=as_number(number),
            definition=fields.get("definition", ""),
            parent=fields.get("parent") or None,
            include=lists["include"],
            exclude=lists["exclude"],
            examples=lists["examples"],
            keywords=lists["keywords"],
            residual=bool(flags["residual"]),
            exclusive=bool(flags["exclusive"]),
            retired=bool(flags["retired"]),
        )


def _items(cell: str) -> tuple[str, ...]:
    parts = cell.split("\n") if "\n" in cell else cell.split(";")
    return tuple(part.strip().replace(LINE_BREAK, "\n") for part in parts if part.strip())
