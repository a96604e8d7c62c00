"""How many episodes of care are open, by kind: python with_spark.py /path/to/lake"""
import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1").getOrCreate()
current = os.path.realpath(f"{sys.argv[1]}/current")  # one snapshot to the end, whatever is published meanwhile
bi = f"{current}/trusted/bi"
for dataset in ("dim_service", "fact_episode"):
    spark.read.parquet(f"{bi}/{dataset}").createOrReplaceTempView(dataset)
rows = spark.sql("""
    select coalesce(services.kind, 'not shown') as kind, count(*) as episodes
    from fact_episode left join dim_service as services using (service_key)
    where is_open
    group by 1 order by 1""").collect()
print("kind,episodes")
for row in rows:
    print(f"{row.kind},{row.episodes}")
