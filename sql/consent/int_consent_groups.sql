-- grain: consent_request_id, subgroup_id
-- reads: config.consent_steps, int_consent_answers, stg_workflow_steps
-- why: every consent request and the group of people that it names. A request is a step that asks
--   for consent, or any other step, known or not, on whose form somebody recorded a decision: a
--   refusal counts wherever it was recorded.
with steps as (
    select steps.workflow_step_id as consent_request_id, steps.subgroup_id, true as is_consent_step
    from stg_workflow_steps as steps
    inner join config.consent_steps as consent_steps
        on consent_steps.workflow_step_type_id = steps.workflow_step_type_id
),

decided as (
    select distinct answers.consent_request_id, steps.subgroup_id
    from int_consent_answers as answers
    left join stg_workflow_steps as steps on steps.workflow_step_id = answers.consent_request_id
    where answers.field = 'consent_decision'
        and answers.consent_request_id not in (select consent_request_id from steps)
),

requests as (
    select consent_request_id, subgroup_id, is_consent_step from steps
    union all
    select consent_request_id, subgroup_id, false from decided
),

named as (
    select distinct answers.consent_request_id, answers.subgroup_id, requests.is_consent_step
    from int_consent_answers as answers
    inner join requests on requests.consent_request_id = answers.consent_request_id
    where answers.subgroup_id is not null
        and answers.subgroup_id is distinct from requests.subgroup_id
),

final as (
    select consent_request_id, subgroup_id, is_consent_step, true as is_of_step from requests
    union all
    select consent_request_id, subgroup_id, is_consent_step, false from named
)

select consent_request_id, subgroup_id, is_consent_step, is_of_step from final
