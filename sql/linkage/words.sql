-- The distinct spellings of one dictionary: given and family names share one, so that an exchange
-- of the two is seen by number. Blanks inside a value are not part of it (Smith Jones, Smith-Jones,
-- Smithjones): v numbers values, w spellings. A record may bear several names, the current one
-- first, with | between them: v is that of the current one, alternatives are the numbers of all.
-- What two records have in common follows from them alone, never from how a third is spelt.
create or replace table linkage.words_{{.Dictionary}} as
with spellings as (
    {{range $i, $n := .Members}}{{if $i}}
    union {{end}}select form from linkage.forms_{{$n}} where form is not null{{end}}
){{if .IsName}}, names as (
    select form from spellings
    union select unnest(string_split(form, '|')) from spellings where contains(form, '|')
), pieces as (
    select form, unnest(string_split(split_part(form, '|', 1), ' ')) as piece,
        unnest(range(1000)[:1 + length(form)]) as place from names
), first_forms as (
    select name, min(root) as root from linkage.nicknames group by name
), written as (
    select pieces.form, string_agg(coalesce(first_forms.root, pieces.piece), ' '
        order by pieces.place) as canon
    from pieces left join first_forms on first_forms.name = pieces.piece
    where pieces.piece is not null group by pieces.form
){{end}}
select (row_number() over (order by folded, words))::integer as w,
    (dense_rank() over (order by folded))::integer as v,
    folded, words, hash(folded) as stable, link_sound(folded) as sound
    {{- if .IsName}}, roots, canon,
    list_bit_xor(list_transform(string_split(split_part(words, '|', 1), ' '),
    lambda word: hash(word))) as bag,
    case when contains(split_part(words, '|', 1), ' ')
        then list_transform(string_split(split_part(words, '|', 1), ' '),
            lambda word: hash(word)) end as pieces,
    coalesce(forms, roots) as forms{{end}}
from (
    {{- if .IsName}}
    select distinct replace(split_part(names.form, '|', 1), ' ', '') as folded, names.form as words,
        written.canon
    from names left join written on written.form = names.form
    {{- else}}
    select distinct replace(form, ' ', '') as folded, form as words from spellings
    {{- end}}
)
{{- if .IsName}}
left join (select name, list(distinct root order by root) as roots from linkage.nicknames
    group by name) on name = folded
left join (
    select pieces.form, list(distinct nicknames.root order by nicknames.root) as forms
    from pieces join linkage.nicknames on nicknames.name = pieces.piece
    where contains(pieces.form, ' ') group by pieces.form
) on form = words
{{- end}};
{{- if .IsName}}
create or replace table linkage.alternatives_{{.Dictionary}} as
select several.w, one.w as alternative
from (select w, unnest(string_split(words, '|')) as name from linkage.words_{{.Dictionary}}
    where contains(words, '|')) several
join linkage.words_{{.Dictionary}} one on one.words = several.name;
{{- end}}
create or replace table linkage.levels_{{.Dictionary}} (pair bigint, level utinyint);
