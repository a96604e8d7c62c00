# Runs the rules of csc-validator-be-cin on one census and prints as CSV: "ran" with each rule that came to its end, and "found" with rule and
# child of each issue, once each.
import contextlib, csv, importlib, io, re, sys, warnings, xml.etree.ElementTree as tree

warnings.filterwarnings("ignore")
from cin_validator import cin_validator

said = io.StringIO()  # the package prints which rules broke down; nothing else of it is ours to read
with contextlib.redirect_stdout(said):
    data = cin_validator.process_data(cin_validator.convert_data(tree.parse(sys.argv[1]).getroot()))
    rules = importlib.import_module("cin_validator.rules." + sys.argv[2]).registry
    found = cin_validator.CinValidator(data, rules)
broken = set(re.findall(r"Error with rule (\w+):", said.getvalue()))
lines = {("ran", str(code), "") for code in (rule.code for rule in rules.values()) if str(code) not in broken}
for issue in found.full_issue_df.to_dict("records"):
    lines.add(("found", str(issue["rule_code"]), str(issue["child_id"]).removesuffix(".0")))
for frame in found.la_rules_broken:
    lines.update(("found", str(code), "") for code in frame["rule_code"])
csv.writer(sys.stdout, lineterminator="\n").writerows(sorted(lines))
