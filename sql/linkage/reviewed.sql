-- What people have decided, by the records' numbers. A decision about a record that is gone decides
-- nothing.
create or replace table linkage.reviewed as
{{- if .Decided}}
select {{if .Dedupe}}least(x.r, y.r) as a, greatest(x.r, y.r) as b{{else}}x.r as a, y.r as b{{end}},
    bool_and(d.is_match) as is_match
from (select trim(left_id::varchar) as left_id, trim(right_id::varchar) as right_id, is_match
    from {{.Decided}}) d
join linkage.raw x on x.id = d.left_id{{if not .Dedupe}} and x.side = 0{{end}}
join linkage.raw y on y.id = d.right_id{{if not .Dedupe}} and y.side = 1{{end}}
where x.r <> y.r
group by all;
{{- else}}
select null::integer as a, null::integer as b, null::boolean as is_match where false;
{{- end}}
-- a pair that no rule of blocking has brought is weighed too, so that it can be explained
create or replace table linkage.pairs as
select r.a, r.b from linkage.reviewed r anti join linkage.candidates c on c.a = r.a and c.b = r.b;
