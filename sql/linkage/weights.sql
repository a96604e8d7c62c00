-- The weight of each pattern in bits, under three rivals of `the same person`: a stranger; a
-- relative at the same address, for whom family name and place agree anyway; a twin, for whom the
-- birth date does too. Sums stand in a fixed order: same data, same bits.
create or replace table linkage.pattern_weights as
select pattern,
    {{num .Prior}}{{range .Comparisons}}
        + {{nums (index $.Weights .N)}}[((pattern >> {{.Shift}}) & 15) + 1]{{end}} as stranger,
    {{num .Relative}}{{range .Comparisons}}{{if .IsPersonal}}
        + {{nums (index $.Against .N)}}[((pattern >> {{.Shift}}) & 15) + 1]{{end}}{{end}}
        as relative,
    {{num .Twin}}{{range .Comparisons}}{{if and .IsPersonal (ne .Kind "date")}}
        + {{nums (index $.Against .N)}}[((pattern >> {{.Shift}}) & 15) + 1]{{end}}{{end}} as twin,
    case when false then null {{range .Steps}}when {{.Condition}}
        then '{{.Name}}' {{end}}else 'model' end as step
from (select distinct pattern from linkage.patterns);
