-- Two values are compared once, however many pairs of records bear them: only pairs of values that no earlier slice has met.
insert into linkage.levels_{{.Dictionary}}
select t.a, t.b, {{if .IsName}}link_name_level(jaro_winkler_similarity(x.folded, y.folded), x.folded, y.folded, x.words, y.words, x.roots, y.roots, x.sound, y.sound)
{{- else}}link_text_level(jaro_winkler_similarity(x.folded, y.folded), x.folded, y.folded, x.words, y.words){{end}}
from ({{range $i, $n := .Members}}{{if $i}} union {{end}}select distinct l{{$n}} as a, g{{$n}} as b from linkage.compared where l{{$n}} <> g{{$n}}{{end}}) t
anti join linkage.levels_{{.Dictionary}} known on known.a = t.a and known.b = t.b
join linkage.words_{{.Dictionary}} x on x.w = t.a
join linkage.words_{{.Dictionary}} y on y.w = t.b;
