-- grain: collection_year, child
-- reads: config.ssda903_submitted, ssda903_header, ssda903_uasc
-- why: Last year's children as each year is held against them: as they were submitted where that is
--   given, otherwise as the case store has them now.
with submitted as (
    select
        collection_year + 1 as collection_year, child, position, upper(sex) as sex,
        day_slashed(dob) as dob,
        upper(ethnic) as ethnic, upper(upn) as upn, try_cast(mother as integer) as mother,
        day_slashed(mc_dob) as mc_dob
    from config.ssda903_submitted
    where file = 'header.csv'
),

seekers as (
    select collection_year + 1 as collection_year, child, max(day_slashed(duc)) as duc
    from config.ssda903_submitted
    where file = 'uasc.csv'
    group by collection_year, child
),

known as (
    select
        submitted.collection_year, submitted.child, submitted.position, submitted.sex,
        submitted.dob, submitted.ethnic, submitted.upn,
        submitted.mother, submitted.mc_dob, seekers.child is not null as is_unaccompanied,
        seekers.duc
    from submitted
    left join seekers on seekers.collection_year = submitted.collection_year
        and seekers.child = submitted.child
    union all
    select
        header.collection_year + 1, header.child, header.row_position, header.sex, header.dob,
        header.ethnic, header.upn, header.mother,
        header.mc_dob, uasc.person_id is not null, uasc.duc
    from ssda903_header as header
    left join ssda903_uasc as uasc
        on uasc.collection_year = header.collection_year and uasc.person_id = header.person_id
    where header.collection_year + 1 not in (select collection_year from submitted)
),

numbered as (
    select *, row_number() over (partition by collection_year, child order by position) as place
    from known
)

select collection_year, child, sex, dob, ethnic, upn, mother, mc_dob, is_unaccompanied, duc
from numbered
where place = 1
