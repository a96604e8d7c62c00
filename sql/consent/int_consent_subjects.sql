-- grain: consent_request_id, person_id
-- reads: config.consent_steps, int_consent_answers, stg_subgroup_people, stg_workflow_steps
-- why: whom each consent request is about. A step may be about several people, and an answer may name its subject.
--   A decision that names nobody counts for everyone in the step, and clearly only if there is just one; a decision
--   that names somebody who is not in the step counts for them, and not clearly.
with steps as (
    select steps.workflow_step_id as consent_request_id, steps.subgroup_id
    from stg_workflow_steps as steps
    inner join config.consent_steps as consent_steps on consent_steps.workflow_step_type_id = steps.workflow_step_type_id
),

step_people as (
    select
        steps.consent_request_id,
        people.person_id,
        count(*) over (partition by steps.consent_request_id) as count_people
    from steps
    inner join stg_subgroup_people as people on people.subgroup_id = steps.subgroup_id
),

named as (
    select distinct consent_request_id, subject_person_id as person_id
    from int_consent_answers
    where field = 'consent_decision' and subject_person_id is not null
),

-- requests with a decision that names nobody, or with no decision at all
unnamed as (
    select consent_request_id
    from steps
    where consent_request_id not in (select consent_request_id from named)
    union
    select consent_request_id
    from int_consent_answers
    where field = 'consent_decision' and subject_person_id is null
),

subjects as (
    select step_people.consent_request_id, step_people.person_id
    from step_people
    inner join unnamed on unnamed.consent_request_id = step_people.consent_request_id
    union
    select consent_request_id, person_id from named
),

final as (
    select
        subjects.consent_request_id,
        subjects.person_id,
        step_people.person_id is not null
            and (step_people.count_people = 1 or unnamed.consent_request_id is null) as is_subject_clear
    from subjects
    left join step_people
        on step_people.consent_request_id = subjects.consent_request_id and step_people.person_id = subjects.person_id
    left join unnamed on unnamed.consent_request_id = subjects.consent_request_id
)

select consent_request_id, person_id, is_subject_clear from final
