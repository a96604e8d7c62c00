"""Read Parquet files with four engines and print, per file, engine and column, how many values there are and a checksum of them.

python read_everywhere.py FILE...   prints {file: {engine: {"rows": n, "columns": {name: [values, checksum]}}}}
The checksum is the sum of the CRC-32 of each value as text: of a date its day, of a moment its microseconds, of a double its 1024ths.
"""
import json
import sys
import zlib

import duckdb
import polars
import pyarrow
import pyarrow.compute as compute
import pyarrow.parquet
from pyspark.sql import SparkSession, functions, types


def as_text(column):
    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if pyarrow.types.is_timestamp(kind):
        column = column.cast(pyarrow.timestamp("us", kind.tz)).cast(pyarrow.int64())
    elif pyarrow.types.is_date(kind):
        column = column.cast(pyarrow.date32()).cast(pyarrow.int32())
    elif pyarrow.types.is_floating(kind):
        column = compute.floor(compute.multiply(column.cast(pyarrow.float64()), 1024.0)).cast(pyarrow.int64())
    return column.cast(pyarrow.large_string())


def of_arrow(table):
    columns = {}
    for name, column in zip(table.column_names, table.columns):
        counts = compute.value_counts(as_text(column).combine_chunks()).to_pylist()
        known = [(c["values"], c["counts"]) for c in counts if c["values"] is not None]
        columns[name] = [sum(n for _, n in known), sum(zlib.crc32(text.encode()) * n for text, n in known)]
    return {"rows": table.num_rows, "columns": columns}


def of_spark(frame):
    asked = [functions.count(functions.lit(1))]
    for field in frame.schema.fields:
        column, kind = frame[f"`{field.name}`"], field.dataType
        if isinstance(kind, (types.TimestampType, types.TimestampNTZType)):
            column = functions.unix_micros(column.cast("timestamp"))
        elif isinstance(kind, types.DateType):
            column = functions.unix_date(column)
        elif isinstance(kind, (types.FloatType, types.DoubleType)):
            column = functions.floor(column * 1024)
        text = column.cast("string")
        asked += [functions.count(text), functions.coalesce(functions.sum(functions.crc32(text)), functions.lit(0))]
    found = frame.coalesce(1).agg(*[a.alias(str(i)) for i, a in enumerate(asked)]).collect()[0]
    names = frame.columns
    return {"rows": found[0], "columns": {name: [found[1 + 2 * i], found[2 + 2 * i]] for i, name in enumerate(names)}}


spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
         .config("spark.sql.codegen.wholeStage", "false").config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
         .config("spark.sql.adaptive.enabled", "false").config("spark.ui.showConsoleProgress", "false").getOrCreate())
spark.sparkContext.setLogLevel("ERROR")
engine = duckdb.connect()
engine.execute("set timezone = 'UTC'")
read = {}
for path in sys.argv[1:]:
    whole = pyarrow.parquet.ParquetFile(path).read()
    whole.validate(full=True)
    read[path] = {
        "pyarrow": of_arrow(whole),
        "polars": of_arrow(polars.read_parquet(path, hive_partitioning=False).to_arrow()),
        "duckdb": of_arrow(engine.sql("from read_parquet(?, hive_partitioning = false)", params=[path]).to_arrow_table()),
        "spark": of_spark(spark.read.parquet(path)),
    }
print(json.dumps(read))
