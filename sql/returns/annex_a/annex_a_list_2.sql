-- grain: collection_year, workflow_step_id, person_id
-- reads: config.early_help_steps, int_annex_a_people, int_annex_a_windows, int_return_steps,
--   stg_organisations
-- publishes to: returns/annex_a_list_2
-- why: early help assessments that were begun or done in the six months to the day
with assessments as (
    select
        windows.collection_year, steps.person_id, steps.workflow_step_id,
        cast(steps.started_at as date) as started_on,
        case when steps.step_status = 'COMPLETED'
            and cast(steps.completed_at as date) <= windows.as_at
            then cast(steps.completed_at as date) end as completed_on,
        organisations.name as organisation, windows.six_months_from
    from int_return_steps as steps
    inner join config.early_help_steps as kinds
        on kinds.workflow_step_type_id = steps.workflow_step_type_id
    inner join int_annex_a_windows as windows on cast(steps.started_at as date) <= windows.as_at
    left join stg_organisations as organisations
        on organisations.organisation_id = steps.responsible_team_id
    where steps.step_status in ('STARTED', 'REOPENED', 'COMPLETED')
)

select
    assessments.collection_year, assessments.person_id, assessments.workflow_step_id,
    people.child_id, people.gender, people.ethnicity, people.birth_date, people.age_years,
    assessments.started_on, assessments.completed_on, assessments.organisation,
    row_number() over (partition by assessments.collection_year
        order by assessments.started_on, assessments.person_id, assessments.workflow_step_id)
        as row_position
from assessments
inner join int_annex_a_people as people
    on people.collection_year = assessments.collection_year
    and people.person_id = assessments.person_id
where assessments.started_on >= assessments.six_months_from
    or assessments.completed_on >= assessments.six_months_from
