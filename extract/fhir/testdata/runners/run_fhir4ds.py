"""Runs every view of a folder over its type's resources with fhir4ds, another runner of SQL-on-FHIR views, and writes the rows as JSON."""
import json
import os
import sys

from fhir4ds import create_connection
from fhir4ds.viewdef import SQLGenerator, parse_view_definition

views, data = sys.argv[1:3]
engine = create_connection()
rows = {}
for name in sorted(os.listdir(views)):
    with open(os.path.join(views, name)) as file:
        view = json.load(file)
    table, resources = view["resource"].lower() + "s", os.path.join(data, view["resource"] + ".ndjson")
    engine.execute(f"create or replace table {table} as select json as resource from read_ndjson_objects('{resources}')")
    engine.execute(SQLGenerator().generate(parse_view_definition(json.dumps(view))))
    columns = [column[0] for column in engine.description]
    rows[view["name"]] = [dict(zip(columns, row)) for row in engine.fetchall()]
json.dump(rows, sys.stdout, default=str)
