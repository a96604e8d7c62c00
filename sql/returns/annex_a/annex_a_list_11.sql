-- grain: collection_year, workflow_step_id, person_id
-- reads: config.adopter_steps, int_annex_a_people, int_annex_a_windows, int_return_answers,
--   int_return_steps
-- publishes to: returns/annex_a_list_11
-- why: those who asked to adopt and were in that process in the twelve months to the day. The case
--   store's reporting tables hold no adopters: the steps of the configured types say when they
--   asked, began and were approved or left, and their forms whether they foster for adoption; the
--   rest stays blank.
with adopters as (
    select
        windows.collection_year, windows.twelve_months_from, steps.person_id,
        steps.workflow_step_id,
        cast(coalesce(steps.incoming_at, steps.started_at) as date) as enquired_on,
        case when cast(steps.started_at as date) <= windows.as_at
            then cast(steps.started_at as date) end as stage_1_from,
        case when steps.step_status = 'COMPLETED'
            and cast(steps.completed_at as date) <= windows.as_at
            then cast(steps.completed_at as date) end as approved_on,
        case when steps.step_status = 'CANCELLED'
            and cast(steps.cancelled_at as date) <= windows.as_at
            then cast(steps.cancelled_at as date) end as left_on
    from int_return_steps as steps
    inner join config.adopter_steps as kinds
        on kinds.workflow_step_type_id = steps.workflow_step_type_id
    inner join int_annex_a_windows as windows
        on cast(coalesce(steps.incoming_at, steps.started_at) as date) <= windows.as_at
)

select
    adopters.collection_year, adopters.person_id, adopters.workflow_step_id,
    people.child_id as adopter_id, cast(null as varchar) as family_id,
    people.gender, people.ethnicity, people.has_disability,
    case
        when lower(fostering.text_answer) in ('yes', 'y', '1') then 'Y'
        when lower(fostering.text_answer) in ('no', 'n', '0') then 'N'
        else nullif(fostering.text_answer, '')
    end as is_fostering_for_adoption,
    adopters.enquired_on, adopters.stage_1_from, cast(null as date) as stage_1_to,
    cast(null as date) as stage_2_from, cast(null as date) as stage_2_to,
    cast(null as date) as applied_on, adopters.approved_on, cast(null as date) as matched_on,
    cast(null as date) as placed_on,
    cast(null as bigint) as count_children, cast(null as date) as adopted_on, adopters.left_on,
    cast(null as varchar) as left_because,
    row_number() over (partition by adopters.collection_year
        order by adopters.person_id, adopters.workflow_step_id) as row_position
from adopters
inner join int_annex_a_people as people
    on people.collection_year = adopters.collection_year and people.person_id = adopters.person_id
left join int_return_answers as fostering
    on fostering.workflow_step_id = adopters.workflow_step_id
        and fostering.person_id = adopters.person_id
    and fostering.field = 'return_fostering_for_adoption'
where coalesce(adopters.left_on, adopters.twelve_months_from) >= adopters.twelve_months_from
