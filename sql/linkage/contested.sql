-- Two candidates of one record, near enough to each other to be rivals: are they the same person,
-- or two? So is every other candidate of a record whose match a person has accepted.
create or replace table linkage.pairs as
with candidates as (
    select c.a, c.b, c.weight, r.is_match from linkage.candidates c
    left join linkage.reviewed r on r.a = c.a and r.b = c.b
), near as (
    select x.b as one, y.b as other from candidates x join candidates y on x.a = y.a and x.b < y.b
    where greatest(x.weight, y.weight) >= {{num .Threshold}}
        and abs(x.weight - y.weight) < {{num .Margin}} or x.is_match or y.is_match
    union
    select x.a, y.a from candidates x join candidates y on x.b = y.b and x.a < y.a
    where greatest(x.weight, y.weight) >= {{num .Threshold}}
        and abs(x.weight - y.weight) < {{num .Margin}} or x.is_match or y.is_match
)
select one as a, other as b from near;
