-- Two spellings are compared once, however many pairs of records bear them: only pairs that no
-- earlier slice has met. Of records with several names the best pair of names counts.
insert into linkage.levels_{{.Dictionary}}
with met as (
    {{range $i, $n := .Members}}{{if $i}}
    union {{end}}select distinct k{{$n}} as pair from linkage.compared where k{{$n}} <> 0{{end}}
), asked as (
    select pair, (pair >> 32)::integer as x, (pair & 4294967295)::integer as y from met
    anti join linkage.levels_{{.Dictionary}} known on known.pair = met.pair
){{if .IsName}}, several as (
    select asked.pair, coalesce(a.alternative, asked.x) as x, coalesce(b.alternative, asked.y) as y,
        a.w is not null or b.w is not null as is_set
    from asked
    left join linkage.alternatives_{{.Dictionary}} a on a.w = asked.x
    left join linkage.alternatives_{{.Dictionary}} b on b.w = asked.y
), likened as (
    select several.pair, several.is_set, several.x = several.y as is_same,
        jaro_winkler_similarity(x.folded, y.folded) as likeness,
        x.folded as x, y.folded as y, x.canon as x_canon, y.canon as y_canon, x.roots as x_roots,
        y.roots as y_roots, x.forms as x_forms, y.forms as y_forms, x.sound as x_sound,
        y.sound as y_sound
    from several
    join linkage.words_{{.Dictionary}} x on x.w = several.x
    join linkage.words_{{.Dictionary}} y on y.w = several.y
), levelled as (
    select pair, is_set, case when is_same then 2
        when link_is_honorific(x) or link_is_honorific(y) then 0
        else link_name_level(likeness, x, y, x_canon, y_canon, x_roots, y_roots, x_forms, y_forms,
            x_sound, y_sound) end as level
    from likened
)
select pair, level from levelled where not is_set
union all
select pair, coalesce(min(nullif(level, 0)), 0) from levelled where is_set group by pair;
{{- else}}
select asked.pair, link_text_level(jaro_winkler_similarity(x.folded, y.folded), x.folded, y.folded,
    x.words, y.words)
from asked
join linkage.words_{{.Dictionary}} x on x.w = asked.x
join linkage.words_{{.Dictionary}} y on y.w = asked.y;
{{- end}}
