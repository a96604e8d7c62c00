-- The pairs of two records that are both as they were: scored by the same parameters, they would be
-- scored the same again.
insert into linkage.scored
select a.r, b.r, list_position({{texts .Rules}}, k.rule)::utinyint, k.pattern, k.step, k.weight,
    k.rarity
from {{.Before}}.linkage_pairs k
join linkage.prints a on a.print = cast(k.left_print as uuid)
join linkage.prints b on b.print = cast(k.right_print as uuid)
anti join linkage.fresh f on f.r = a.r
anti join linkage.fresh g on g.r = b.r;
