-- Both sides in one table, numbered: every later step speaks of a record by its number r. Left
-- records come first, in the order of their ids, so that the same data has the same numbers.
-- Columns x1.. are the mapped columns as text.
create or replace table linkage.raw as
select (row_number() over (order by side, id{{range .Comparisons}}, x{{.N}}{{end}}) - 1)::integer
    as r, *
from (
    select 0::utinyint as side, {{.LeftID}} as id, {{.LeftTruth}} as truth{{range .Comparisons}},
        {{.Left}} as x{{.N}}{{end}}
    from {{.LeftRelation}}
{{- if .RightRelation}}
    union all
    select 1::utinyint, {{.RightID}}, {{.RightTruth}}{{range .Comparisons}}, {{.Right}}{{end}}
    from {{.RightRelation}}
{{- end}}
);
