-- A block that has grown too wide since the last linkage, or is so no longer: whoever lies in it is
-- linked anew too.
insert into linkage.fresh
select distinct keys.r
from linkage.keys keys
join (
    select coalesce(now.key, before.key) as key
    from (select k as key from linkage.wide_keys where is_wide) now
    full join (select key from {{.Before}}.linkage_blocks where rule = {{.Rule}}) before
        on before.key = now.key
    where now.key is null or before.key is null
) flipped on flipped.key = keys.k{{.K}}
anti join linkage.fresh known on known.r = keys.r;
