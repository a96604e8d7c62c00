-- grain: person_id
-- reads: config.return_unaccompanied_groups, stg_people, stg_service_user_groups
-- why: Unaccompanied children seeking asylum, from when, the recorded end of that status, and the
--   18th birthday, at which it ends at the latest: until_on is the earlier of the two, or the one
--   that is known.
with groups as (
    select person_id, min(cast(started_at as date)) as started_on,
        case when bool_and(ended_at is not null) then max(cast(ended_at as date)) end as ended_on
    from stg_service_user_groups as groups
    inner join config.return_unaccompanied_groups as wanted
        on lower(wanted.full_group_type) = lower(groups.group_type)
    group by person_id
),

aged as (
    select groups.person_id, groups.started_on, groups.ended_on,
        cast(people.birth_at + interval '18' year as date) as of_age_on
    from groups
    inner join stg_people as people on people.person_id = groups.person_id
)

select person_id, started_on, ended_on, of_age_on, earlier_of(ended_on, of_age_on) as until_on
from aged
