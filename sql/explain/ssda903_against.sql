-- What changed since last year's return was submitted: $1 is the collection year that is compared, $2 its first day.
with submitted as (
    select child, try_strptime(decom, '%d/%m/%Y')::date as decom, try_strptime(dec, '%d/%m/%Y')::date as dec, rne, ls, cin, place, rec, urn
    from config.submitted_episodes
),

now as (
    select child, decom, dec, rne, ls, cin, place, rec, urn
    from ssda903_episodes
    where collection_year = $1
),

open_then as (select * from submitted where dec is null),

changes as (
    select 'children added' as change from (select distinct child from now except select child from submitted)
    union all
    select 'children dropped who were in care' from (select distinct child from open_then except select child from now)
    union all
    select 'episodes of last year not told then'
    from now
    where now.decom < cast($2 as date)
        and not exists (select 1 from submitted where submitted.child = now.child and submitted.decom = now.decom)
    union all
    select 'open episodes dropped'
    from open_then
    where not exists (select 1 from now where now.child = open_then.child and now.decom = open_then.decom)
    union all
    select 'episodes altered'
    from now
    inner join submitted on submitted.child = now.child and submitted.decom = now.decom
    where now.rne is distinct from submitted.rne or now.ls is distinct from submitted.ls or now.cin is distinct from submitted.cin
        or now.place is distinct from submitted.place or now.urn is distinct from submitted.urn
        or submitted.dec is not null and (now.dec is distinct from submitted.dec or now.rec is distinct from submitted.rec)
)

select change, count(*) from changes group by change order by change
