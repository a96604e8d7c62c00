-- grain: collection_year, kind, source_id, person_id
-- reads: cin_details, config.return_periods, int_cin_activities
-- why: which activities stand in which census, under their case. Reported are those that ended or
--   came to their conference in the year, and those that were under way on its last day; an enquiry
--   that ended without a conference stands in the year in which it began.
with periods as (
    select year as collection_year, starts_on, as_at from config.return_periods
    where return_name = 'cin'
),

known as (
    select
        details.collection_year, periods.starts_on, periods.as_at,
        activities.kind, activities.source_table, activities.source_id, activities.person_id,
        activities.referral_id, activities.started_on,
        case when activities.ended_on <= periods.as_at then activities.ended_on end as ended_on,
        case when activities.conference_on <= periods.as_at then activities.conference_on end
            as conference_on,
        activities.conference_on is null as has_no_conference
    from int_cin_activities as activities
    inner join cin_details as details on details.referral_id = activities.referral_id
    inner join periods on periods.collection_year = details.collection_year
    where activities.started_on <= periods.as_at
)

select
    collection_year, kind, source_table, source_id, person_id, referral_id, started_on, ended_on,
    conference_on, has_no_conference and ended_on is not null as is_without_conference
from known
where case
    when kind = 'section_47' and conference_on is not null then conference_on >= starts_on
    when kind = 'section_47' then started_on >= starts_on or ended_on is null
    else ended_on is null or ended_on >= starts_on
end
