-- grain: collection_year, workflow_step_id, person_id
-- reads: int_annex_a_people, int_annex_a_windows, int_return_steps, stg_step_sources
-- publishes to: returns/annex_a_list_1
-- why: contacts about children in the six months to the day
with sources as (
    select workflow_step_id, min(source) as source from stg_step_sources group by workflow_step_id
),

contacts as (
    select
        windows.collection_year, steps.person_id, steps.workflow_step_id,
        cast(steps.started_at as date) as contacted_on, sources.source as contact_source
    from int_return_steps as steps
    inner join int_annex_a_windows as windows
        on cast(steps.started_at as date) between windows.six_months_from and windows.as_at
    left join sources on sources.workflow_step_id = steps.workflow_step_id
    where steps.is_child_contact and steps.step_status <> 'CANCELLED'
)

select
    contacts.collection_year, contacts.person_id, contacts.workflow_step_id, people.child_id,
    people.gender, people.ethnicity, people.birth_date, people.age_years, contacts.contacted_on,
    contacts.contact_source,
    row_number() over (partition by contacts.collection_year
        order by contacts.contacted_on, contacts.person_id, contacts.workflow_step_id)
        as row_position
from contacts
inner join int_annex_a_people as people
    on people.collection_year = contacts.collection_year and people.person_id = contacts.person_id
