"""How many people have an open episode of care, by age band: python with_duckdb.py /path/to/lake"""
import os
import sys

import duckdb

current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
catalog = duckdb.connect(f"{current}/reports/bi/catalog.duckdb", read_only=True)
catalog.execute("set file_search_path = ?", [current])  # the catalog's views look for trusted/ from here
rows = catalog.execute("""
    select coalesce(age_band, 'given up') as age_band, count(distinct person_key) as people
    from fact_episode join dim_person using (person_key)
    where is_open
    group by all order by min(try_cast(split_part(age_band, ' ', 1) as integer)) nulls last, 1""").fetchall()
print("age_band,people")
for age_band, people in rows:
    print(f"{age_band},{people}")
