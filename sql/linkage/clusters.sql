-- Every record and the number of its cluster; a record that nothing was accepted for is a cluster
-- of its own.
create or replace table linkage.clusters as
select case when raw.side = 0 then 'left' else 'right' end as side, raw.id, l.label as cluster
from linkage.labels l join linkage.raw on raw.r = l.r
order by cluster, raw.side, raw.id;
