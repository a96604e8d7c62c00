-- The fingerprints of the values whose frequency counts: with them the frequencies of the day when
-- the parameters were learned stand until they are learned again, and no value is kept.
create or replace table linkage.value_prints as
{{range $i, $c := .Comparisons}}{{if $i}}union all
{{end}}select {{.N}}::utinyint as n, f.v, f.bearers,
link_print(seal.inner_pad, seal.outer_pad, concat_ws(chr(31), 'value', '{{.N}}', w.form)) as print
from linkage.frequencies_{{.N}} f
join (select distinct v, {{if .IsWords}}folded{{else}}form{{end}} as form
    from linkage.words_{{.Dictionary}}) w on w.v = f.v
cross join linkage.seal
{{end}};
