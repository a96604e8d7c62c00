"""How many episodes of care are open, by kind: python with_duckdb.py /path/to/lake"""
import os
import sys

import duckdb

current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
catalog = duckdb.connect(f"{current}/reports/bi/catalog.duckdb", read_only=True)
catalog.execute("set file_search_path = ?", [current])  # the catalog's views look for trusted/ from here
rows = catalog.execute("""
    select coalesce(services.kind, 'not shown') as kind, count(*) as episodes
    from fact_episode left join dim_service as services using (service_key)
    where is_open
    group by all order by kind""").fetchall()
print("kind,episodes")
for kind, episodes in rows:
    print(f"{kind},{episodes}")
