"""Reads a workbook as liiatools' Annex A reader does: FILE. Prints JSON: rows by list, and what it rejects as [list, heading, value]."""
import json, sys

from sfdata_stream_parser import events
from sfdata_stream_parser.filters.column_headers import promote_first_row
from sfdata_stream_parser.parser import openpyxl
from liiatools.datasets.annex_a.lds_annexa_clean import cleaner, configuration, logger


def keep_values(stream):
    """The cleaner blanks what it rejects: the value as written goes along."""
    for event in stream:
        yield event.from_event(event, written=event.value) if isinstance(event, events.Cell) else event


stream = configuration.configure_stream(promote_first_row(openpyxl.parse_sheets(sys.argv[1])), configuration.Config())
rows, rejected = {}, []
for event in logger.log_errors(cleaner.clean(keep_values(stream))):
    name = getattr(event, "sheet_name", None)
    if isinstance(event, events.StartRow) and name:
        rows[name] = rows.get(name, 0) + 1
    elif isinstance(event, events.Cell) and "1" in (getattr(event, "formatting_error", "0"), getattr(event, "blank_error", "0")):
        rejected.append([name, event.column_header, str(event.written or "")])
    elif isinstance(event, events.StartTable):
        rejected += [[name, heading, "unexpected heading"] for heading in getattr(event, "extra_columns", []) if heading]
        rejected += [[event.name, "", said] for kind in ("match_error", "duplicate_columns") if (said := getattr(event, kind, None))]
    elif isinstance(event, events.EndContainer) and getattr(event, "missing_sheet_error", None):
        rejected.append(["", "", event.missing_sheet_error])
json.dump({"rows": rows, "rejected": rejected}, sys.stdout)
