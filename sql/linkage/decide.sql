-- Three outcomes. accepted: at the threshold or by a deterministic step, and ahead of every rival by the margin; a rival is
-- another candidate of either record that is not the same person as this one. review: likely, but under the threshold or
-- contested. rejected: unlikely, or another candidate is ahead by the margin.
create or replace table linkage.decided as
with rivals as (
{{- if .Dedupe}}
    select null::integer as a, null::integer as b, null::double as weight where false
{{- else}}
    select x.a, x.b, y.weight from linkage.candidates x join linkage.candidates y on y.a = x.a and y.b <> x.b
    anti join linkage.same_people s on s.a = least(x.b, y.b) and s.b = greatest(x.b, y.b)
    where y.weight > x.weight - {{num .Margin}}
    union all
    select x.a, x.b, y.weight from linkage.candidates x join linkage.candidates y on y.b = x.b and y.a <> x.a
    anti join linkage.same_people s on s.a = least(x.a, y.a) and s.b = greatest(x.a, y.a)
    where y.weight > x.weight - {{num .Margin}}
{{- end}}
), nearest as (
    select a, b, max(weight) as weight from rivals group by a, b
), margins as (
    select c.*, c.weight - n.weight as margin from linkage.candidates c left join nearest n on n.a = c.a and n.b = c.b
)
select *, case
    when margin <= -{{num .Margin}} then 'rejected'
    when (weight >= {{num .Threshold}} or (step <> 'model' and weight >= {{num .Review}})) and coalesce(margin >= {{num .Margin}}, true) then 'accepted'
    when weight >= {{num .Review}} then 'review'
    else 'rejected' end as outcome
from margins;
