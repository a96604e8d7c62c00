-- What each record is blocked by: one key a rule, null where a part is missing. A hash of 32 bits
-- is enough: a collision only brings two strangers to the comparison. It is made of values, not of
-- their numbers: the same in every run. A record with several postcodes has a row for each; rules
-- without a postcode have their key in the first of them only.
create or replace table linkage.keys as
select r, side{{if .Fresh}},
    exists (select 1 from linkage.fresh f where f.r = r.r)
    as is_fresh{{end}}{{range $i, $rule := .Rules}},
    case when {{$rule.Present}}{{if and $.Postcode (not $rule.HasPostcode)}} and place = 0{{end}}
    then (hash({{$rule.Parts}}) % 4294967291)::uinteger end as k{{inc $i}}{{end}}
from (
{{- if .Postcode}}
    select r.*, 0 as place from linkage.records r
    union all by name
    select r.* replace (unnest(r.p{{.Postcode}}[2:]) as s{{.Postcode}}),
        unnest(range(1, len(r.p{{.Postcode}}))) as place
    from linkage.records r where r.p{{.Postcode}} is not null
{{- else}}
    select r.* from linkage.records r
{{- end}}
) r;
