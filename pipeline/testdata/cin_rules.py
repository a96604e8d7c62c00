# Runs the rules of csc-validator-be-cin on one census and prints rule, severity and child of each issue, once each, as CSV.
import csv, importlib, sys, warnings, xml.etree.ElementTree as tree

warnings.filterwarnings("ignore")
from cin_validator import cin_validator

# what the package prints of its own failures is not ours to read
printed, sys.stdout = sys.stdout, sys.stderr
data = cin_validator.process_data(cin_validator.convert_data(tree.parse(sys.argv[1]).getroot()))
rules = importlib.import_module("cin_validator.rules." + sys.argv[2]).registry
found = cin_validator.CinValidator(data, rules)
out = csv.writer(printed, lineterminator="\n")
issues = set()
for issue in found.full_issue_df.to_dict("records"):
    issues.add((str(issue["rule_code"]), str(issue["child_id"]).removesuffix(".0")))
for frame in found.la_rules_broken:
    issues.update((str(code), "") for code in frame["rule_code"])
out.writerows(sorted(issues))
