-- grain: model
-- reads: config.lineage
-- publishes to: bi/data_lineage
-- why: The models that BI's columns are made from, each with what it reads and the source tables
--   that it rests on, as proven when the models are loaded.
select model, why, reads, sources, file
from config.lineage
