-- Every record with its values by number (v), and what its comparisons need: of words the spelling
-- by number (w), its sound (h) and a hash that is the same in every run (t); of the others the
-- value itself (s), of a date the day as a number (d) and whether it is a default (u), of a
-- postcode sector and outward code (q, o) and all of several (p). bag is a hash of all words of
-- both names, in any order; g has the hash of each word of a name of several words.
create or replace table linkage.records as
select raw.r, raw.side
{{- range .Comparisons}}, w{{.N}}.v as v{{.N}}
{{- if .IsWords}}, w{{.N}}.w as w{{.N}}, w{{.N}}.sound as h{{.N}},
w{{.N}}.stable as t{{.N}}{{if and $.Crossed (or (eq .N $.Given) (eq .N $.Family))}},
w{{.N}}.pieces as g{{.N}}{{end}}
{{- else if eq .Kind "postcode"}}, w{{.N}}.form[1] as s{{.N}},
case when len(w{{.N}}.form) > 1 then w{{.N}}.form end as p{{.N}}, w{{.N}}.sector as q{{.N}},
w{{.N}}.outward as o{{.N}}
{{- else if eq .Kind "date"}}, w{{.N}}.form as s{{.N}}, w{{.N}}.day as d{{.N}},
w{{.N}}.is_default as u{{.N}}
{{- else}}, w{{.N}}.form as s{{.N}}{{end}}{{end}}
{{- if .Crossed}}, xor(w{{.Given}}.bag, w{{.Family}}.bag) as bag{{end}}
from linkage.raw
{{- range .Comparisons}}
left join (select f.raw, f.form, w.* exclude ({{if .IsWords}}words{{else}}form{{end}})
    from linkage.forms_{{.N}} f
        join linkage.words_{{.Dictionary}} w
            on {{if .IsWords}}w.words = f.form{{else if eq .Kind "postcode"}}w.form
            = f.form[1]{{else}}w.form = f.form{{end}}) w{{.N}}
    on w{{.N}}.raw = raw.x{{.N}}
{{- end}}
order by raw.r;
{{range .Comparisons}}
create or replace table linkage.frequencies_{{.N}} as
select v{{.N}} as v, count(*) as bearers from linkage.records where v{{.N}} is not null
group by v{{.N}};
drop table linkage.forms_{{.N}};
{{- end}}
