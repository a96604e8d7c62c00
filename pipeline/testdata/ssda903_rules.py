"""Runs csc-validator-be-903 on two years' files: THIS LAST YEAR RULESET AUTHORITY [RULES]. Prints JSON: done rules, and children by rule."""
import contextlib, importlib, io, json, logging, sys, warnings
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
from lac_validator import lac_validator as engine
from lac_validator.report import Report

this, last, year, ruleset, authority = sys.argv[1:6]
# The validator's rules change the frames that they are given: each gets its own, or their order decides what they find.
engine.copy_datastore = lambda store: {k: (v.copy(deep=True) if k != "metadata" else dict(v)) for k, v in store.items()}
files = [
    {"name": p.name, "file_content": p.read_bytes(), "description": what}
    for folder, what in ((this, "This year"), (last, "Prev year")) for p in sorted(Path(folder).glob("*.csv"))
]
rules = importlib.import_module("lac_validator.rules." + ruleset).registry
with contextlib.redirect_stdout(io.StringIO()):
    ran = engine.LacValidator(metadata={"collectionYear": year, "localAuthority": authority}, files=files, registry=rules,
                               selected_rules=sys.argv[6].split(",") if len(sys.argv) > 6 else None)
issues = {}
report = Report(ran.ds_results, rules).report
for column in [c for c in report.columns if c.startswith("ERR_")]:
    bad = report[(report[column] == True) & ~report["Table"].str.endswith("_last")]
    if len(bad):
        issues[column[4:]] = sorted(set(bad["CHILD"].astype(str)))
json.dump({"done": [str(code) for code in ran.dones], "issues": issues}, sys.stdout)
