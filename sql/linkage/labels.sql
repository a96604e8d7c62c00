-- Clusters begin with each record alone; an accepted pair is an edge, both ways. Within one
-- relation a pair of less than {{.Least}} bits is no edge: one doubtful pair would join two whole
-- clusters.
create or replace table linkage.labels as select r, r as label from linkage.records;
create or replace table linkage.edges as
with joined as (
    select a, b from linkage.decided
    where outcome = 'accepted'{{if .Dedupe}} and (weight >= {{.Least}} or step <> 'model'){{end}}
)
select a, b from joined union all select b, a from joined;
