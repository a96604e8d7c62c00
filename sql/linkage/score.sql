-- The weight of each pair that is worth keeping: log2 odds of `the same person` against all three
-- rivals together. Where all words of one name are words of the other, the commoner of the two
-- names counts. A pair that no rarity of its values could lift to the floor is dropped before its
-- values are looked up.
insert into linkage.scored
select a, b, {{.Rule}} as rule, pattern, step, weight, rarity
from (
    select a, b, pattern, step, rarity,
        -log2(pow(2, least(-(stranger + rarity), 500))
            + pow(2, least(-(relative + rarity_personal), 500))
            + pow(2, least(-(twin + rarity_twin), 500))) as weight
    from (
        select p.a, p.b, p.pattern, w.step, w.stranger, w.relative, w.twin,
            0{{range .Comparisons}} + case
                when (p.pattern >> {{.Shift}}) & 15 = 1 then t.t{{.N}}{{if .IsName}}
                when (p.pattern >> {{.Shift}}) & 15 = 7
                then least(t.t{{.N}}, y.t{{.N}}){{end}} else 0 end{{end}} as rarity,
            0{{range .Comparisons}}{{if .IsOwnByChance}}
                + case when (p.pattern >> {{.Shift}}) & 15 = 1
                then t.t{{.N}} else 0 end{{end}}{{end}} as rarity_personal,
            0{{range .Comparisons}}{{if and .IsOwnByChance (ne .Kind "date")}}
                + case when (p.pattern >> {{.Shift}}) & 15 = 1
                then t.t{{.N}} else 0 end{{end}}{{end}} as rarity_twin
        from linkage.patterns p
        join linkage.pattern_weights w
            on w.pattern = p.pattern and least(w.stranger, w.relative, w.twin) >= {{num .Keep}} - 20
        join linkage.rarity t on t.r = p.a
        join linkage.rarity y on y.r = p.b
    )
)
where weight >= {{num .Keep}};
