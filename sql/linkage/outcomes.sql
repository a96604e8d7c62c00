-- What a reader gets: each pair that was kept, by the records' own ids, with the outcome, and of
-- each comparison the level and its bits. The bits of all comparisons, `prior_bits` and
-- `rarity_bits` and `relative_bits` sum up to the weight.
create or replace table linkage.pairs_decided as
select left_id, right_id, weight, margin, outcome, step, rule, prior_bits, rarity_bits,
    weight - (prior_bits + rarity_bits{{range .Comparisons}} + {{column .Name "_bits"}}{{end}})
        as relative_bits
    {{- range .Comparisons}}, {{column .Name ""}}, {{column .Name "_bits"}}{{end}}
from (
    select x.id as left_id, y.id as right_id, d.weight, d.margin, d.outcome, d.step,
        {{texts .Rules}}[d.rule] as rule,
        {{num .Prior}} as prior_bits, d.rarity as rarity_bits
        {{- range .Comparisons}},
        {{texts .LevelNames}}[((d.pattern >> {{.Shift}}) & 15) + 1] as {{column .Name ""}},
        {{nums (index $.Weights .N)}}[((d.pattern >> {{.Shift}}) & 15) + 1]
            as {{column .Name "_bits"}}
        {{- end}}
    from linkage.decided d join linkage.raw x on x.r = d.a join linkage.raw y on y.r = d.b
)
order by left_id, weight desc, right_id;
