"""How many people have an open episode of care, by age band: python with_spark.py /path/to/lake"""
import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1").getOrCreate()
current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
bi = f"{current}/trusted/bi"
for dataset in ("dim_person", "fact_episode"):
    spark.read.parquet(f"{bi}/{dataset}").createOrReplaceTempView(dataset)
rows = spark.sql("""
    select coalesce(age_band, 'given up') as age_band, count(distinct person_key) as people
    from fact_episode join dim_person using (person_key)
    where is_open
    group by 1 order by cast(nullif(regexp_extract(age_band, '^[0-9]+', 0), '') as int) nulls last, age_band""").collect()
print("age_band,people")
for row in rows:
    print(f"{row.age_band},{row.people}")
