"""How many people have an open episode of care, by age band: python with_polars.py /path/to/lake"""
import os
import sys

import polars as pl

current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
bi = f"{current}/trusted/bi"
people = pl.scan_parquet(f"{bi}/dim_person/**/*.parquet", hive_partitioning=False)
episodes = pl.scan_parquet(f"{bi}/fact_episode/**/*.parquet", hive_partitioning=False)
found = (
    episodes.filter(pl.col("is_open"))
    .join(people, on="person_key")
    .group_by(pl.col("age_band").fill_null("given up"))
    .agg(pl.col("person_key").n_unique().alias("people"))
    .sort(pl.col("age_band").str.extract(r"^(\d+)").cast(pl.Int32), "age_band", nulls_last=True)  # young to old
)
print(found.collect().write_csv(), end="")
