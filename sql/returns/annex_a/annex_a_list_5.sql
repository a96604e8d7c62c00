-- grain: collection_year, workflow_step_id, person_id
-- reads: int_annex_a_people, int_annex_a_windows, int_cin_activities, int_cin_steps
-- publishes to: returns/annex_a_list_5
-- why: section 47 enquiries begun in the six months to the day, with their conferences and how many
--   of each there were in twelve; the enquiries of the census
with enquiries as (
    select
        windows.collection_year, windows.six_months_from, windows.as_at, steps.person_id,
        steps.workflow_step_id, steps.started_on,
        coalesce(steps.strategy_discussed_on, steps.started_on) as strategy_discussed_on,
        case when steps.conference_on <= windows.as_at then steps.conference_on end
            as conference_on,
        steps.conference_on is null
            and steps.ended_on <= windows.as_at as is_conference_unnecessary,
        count(*) over (partition by windows.collection_year, steps.person_id) as count_enquiries
    from int_cin_steps as steps
    inner join int_annex_a_windows as windows
        on steps.started_on between windows.twelve_months_from and windows.as_at
    where steps.kind = 'section_47'
),

-- by the day of the conference: its enquiry may have begun before the twelve months
conferences as (
    select windows.collection_year, steps.person_id, count(*) as count_conferences
    from int_cin_steps as steps
    inner join int_annex_a_windows as windows
        on steps.conference_on between windows.twelve_months_from and windows.as_at
    where steps.kind = 'initial_conference'
    group by windows.collection_year, steps.person_id
),

planned as (
    select distinct person_id, started_on from int_cin_activities where kind = 'protection_plan'
)

select
    enquiries.collection_year, enquiries.person_id, enquiries.workflow_step_id, people.child_id,
    people.gender, people.ethnicity, people.birth_date, people.age_years, people.has_disability,
    enquiries.strategy_discussed_on,
    case when enquiries.is_conference_unnecessary then 'Y' else 'N' end
    as is_conference_unnecessary, enquiries.conference_on,
    case when enquiries.conference_on is null then null
        when planned.person_id is not null then 'Y' else 'N' end as led_to_plan,
    enquiries.count_enquiries, coalesce(conferences.count_conferences, 0) as count_conferences,
    people.team_name, people.worker_name,
    row_number() over (partition by enquiries.collection_year
        order by enquiries.started_on, enquiries.person_id, enquiries.workflow_step_id)
        as row_position
from enquiries
inner join int_annex_a_people as people
    on people.collection_year = enquiries.collection_year and people.person_id = enquiries.person_id
left join conferences on conferences.collection_year = enquiries.collection_year
    and conferences.person_id = enquiries.person_id
left join planned on planned.person_id = enquiries.person_id
    and planned.started_on = enquiries.conference_on
where enquiries.started_on >= enquiries.six_months_from
