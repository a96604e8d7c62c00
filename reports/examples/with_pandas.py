"""How many episodes of care are open, by kind: python with_pandas.py /path/to/lake"""
import os
import sys

import pandas as pd

current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
bi = f"{current}/trusted/bi"
services = pd.read_parquet(f"{bi}/dim_service")
episodes = pd.read_parquet(f"{bi}/fact_episode").drop(columns="kind")
found = (
    episodes[episodes["is_open"]]
    .merge(services[["service_key", "kind"]], on="service_key", how="left")
    .assign(kind=lambda rows: rows["kind"].fillna("not shown"))
    .groupby("kind").size()
    .rename("episodes").reset_index()
    .sort_values("kind")
)
print(found.to_csv(index=False), end="")
