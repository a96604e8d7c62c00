-- Two spellings are compared once, however many pairs of records bear them: only pairs that no earlier slice has met.
insert into linkage.levels_{{.Dictionary}}
select t.pair, {{if .IsName}}link_name_level(jaro_winkler_similarity(x.folded, y.folded), x.folded, y.folded, x.words, y.words, x.roots, y.roots, x.sound, y.sound)
{{- else}}link_text_level(jaro_winkler_similarity(x.folded, y.folded), x.folded, y.folded, x.words, y.words){{end}}
from ({{range $i, $n := .Members}}{{if $i}} union {{end}}select distinct k{{$n}} as pair from linkage.compared where k{{$n}} <> 0{{end}}) t
anti join linkage.levels_{{.Dictionary}} known on known.pair = t.pair
join linkage.words_{{.Dictionary}} x on x.w = t.pair >> 32
join linkage.words_{{.Dictionary}} y on y.w = t.pair & 4294967295;
