-- Two candidates of one record, near enough to each other to be rivals: are they the same person, or two?
create or replace table linkage.pairs as
with near as (
    select x.b as one, y.b as other from linkage.candidates x join linkage.candidates y on x.a = y.a and x.b < y.b
    where greatest(x.weight, y.weight) >= {{num .Threshold}} and abs(x.weight - y.weight) < {{num .Margin}}
    union
    select x.a, y.a from linkage.candidates x join linkage.candidates y on x.b = y.b and x.a < y.a
    where greatest(x.weight, y.weight) >= {{num .Threshold}} and abs(x.weight - y.weight) < {{num .Margin}}
)
select one as a, other as b from near;
