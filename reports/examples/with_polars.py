"""How many episodes of care are open, by kind: python with_polars.py /path/to/lake"""
import os
import sys

import polars as pl

current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
bi = f"{current}/trusted/bi"
services = pl.scan_parquet(f"{bi}/dim_service/**/*.parquet", hive_partitioning=False).select("service_key", "kind")
episodes = pl.scan_parquet(f"{bi}/fact_episode/**/*.parquet", hive_partitioning=False).drop("kind")
found = (
    episodes.filter(pl.col("is_open"))
    .join(services, on="service_key", how="left")
    .group_by(pl.col("kind").fill_null("not shown"))
    .agg(pl.len().alias("episodes"))
    .sort("kind")
)
print(found.collect().write_csv(), end="")
