"""How many people have an open episode of care, by age band: python with_pandas.py /path/to/lake"""
import os
import sys

import pandas as pd

current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
bi = f"{current}/trusted/bi"
people = pd.read_parquet(f"{bi}/dim_person")
episodes = pd.read_parquet(f"{bi}/fact_episode")
found = (
    episodes[episodes["is_open"]]
    .merge(people[["person_key", "age_band"]], on="person_key")
    .assign(age_band=lambda rows: rows["age_band"].fillna("given up"))
    .groupby("age_band")["person_key"].nunique()
    .rename("people").reset_index()
    .sort_values("age_band", kind="stable", key=lambda bands: bands.str.extract(r"^(\d+)")[0].astype(float))  # young to old
)
print(found.to_csv(index=False), end="")
