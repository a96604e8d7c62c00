-- Three outcomes. What a person has decided stands, and whoever was accepted leaves no room for
-- another. Else accepted: at the threshold or by a deterministic step, and ahead of every rival by
-- the margin; a rival is another candidate of either record that is not the same person as this one
-- and that nobody has rejected. review: likely, but under the threshold or contested; or unlikely
-- only because a twin would agree as well in birth date, family name and address, and there is no
-- better candidate.
-- rejected: unlikely, or another candidate is ahead by the margin. A father and a son may bear one
--   name at one address, so a pair
-- of different birth dates at one address needs 5 bits more between two relations.
create or replace table linkage.decided as
with candidates as (
    select c.*, r.is_match from linkage.candidates c
    left join linkage.reviewed r on r.a = c.a and r.b = c.b
), rivals as (
{{- if .Dedupe}}
    select null::integer as a, null::integer as b, null::double as weight, null::boolean as is_match
    where false
{{- else}}
    select x.a, x.b, y.weight, y.is_match
    from candidates x join candidates y on y.a = x.a and y.b <> x.b
    anti join linkage.same_people s on s.a = least(x.b, y.b) and s.b = greatest(x.b, y.b)
    where coalesce(y.is_match, y.weight > x.weight - {{num .Margin}})
    union all
    select x.a, x.b, y.weight, y.is_match
    from candidates x join candidates y on y.b = x.b and y.a <> x.a
    anti join linkage.same_people s on s.a = least(x.a, y.a) and s.b = greatest(x.a, y.a)
    where coalesce(y.is_match, y.weight > x.weight - {{num .Margin}})
{{- end}}
), nearest as (
    select a, b, max(weight) as weight, coalesce(bool_or(is_match), false) as is_taken from rivals
    group by a, b
), margins as (
    select c.*, c.weight - n.weight as margin, coalesce(n.is_taken, false) as is_taken
    from candidates c left join nearest n on n.a = c.a and n.b = c.b
)
select * exclude (step, is_match, is_taken),
    case when is_match is not null then 'decided by a person' else step end as step, case
    when is_match then 'accepted'
    when not is_match or is_taken then 'rejected'
    when margin <= -{{num .Margin}} then 'rejected'
{{- if and .Date .Postcode (not .Dedupe)}}
    when (pattern >> {{(index .Comparisons (dec .Date)).Shift}}) & 15 = 6
        and (pattern >> {{(index .Comparisons (dec .Postcode)).Shift}}) & 15 in (1, 2)
        and weight between {{num .Review}} and {{num .Threshold}} + 5 then 'review'
{{- end}}
    when (weight >= {{num .Threshold}} or (step <> 'model' and weight >= {{num .Review}}))
        and coalesce(margin >= {{num .Margin}}, true) then 'accepted'
    when weight >= {{num .Review}} then 'review'
{{- if and .Date .Family .Postcode (not .Dedupe)}}
    when (pattern >> {{(index .Comparisons (dec .Date)).Shift}}) & 15 in (1, 2, 7)
        and (pattern >> {{(index .Comparisons (dec .Family)).Shift}}) & 15 in (0, 1, 2, 3, 4, 7)
        and (pattern >> {{(index .Comparisons (dec .Postcode)).Shift}}) & 15 in (1, 2, 3)
            then 'review'
{{- end}}
    else 'rejected' end as outcome
from margins;
