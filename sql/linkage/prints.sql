-- Every record's fingerprint under the council's key: its side, its id and all that is compared. A
-- record is the one of the last linkage where its fingerprint is. Two records that are the same in
-- everything have one, and so are linked anew each time.
create or replace table linkage.prints as
select r, print, count(*) over (partition by print) as copies
from (
    select raw.r, link_print(seal.inner_pad, seal.outer_pad,
        concat_ws(chr(31), 'record', raw.side, raw.id{{range .Comparisons}},
        coalesce(raw.x{{.N}}, ''){{end}})) as print
    from linkage.raw cross join linkage.seal
);
