-- The records that must be linked anew: new, changed, or not told apart from another.
create or replace table linkage.fresh as
select p.r from linkage.prints p
where p.copies > 1 or not exists (select 1 from {{.Before}}.linkage_records k
    where cast(k.print as uuid) = p.print);
