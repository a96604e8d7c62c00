-- grain: workflow_step_id, person_id, form_answer_row_id
-- reads: config.cld_questions, config.cld_steps, stg_form_answers, stg_form_questions, stg_subgroup_people, stg_workflow_steps
-- why: What the forms of adult social care say, one row a person and line of a form: no published table of the case store
--   holds adults' services, so a council maps its own steps and questions. An answer that names its subject is that
--   person's only, any other is everybody's whom the step is about. Of two forms of a step the newer speaks.
with questions as (
    select questions.mapping_id, fields.field
    from stg_form_questions as questions
    inner join config.cld_questions as fields on fields.question_user_code = questions.question_user_code
),

steps as (
    select steps.workflow_step_id, people.person_id
    from stg_workflow_steps as steps
    inner join config.cld_steps as types on types.workflow_step_type_id = steps.workflow_step_type_id
    inner join stg_subgroup_people as people on people.subgroup_id = steps.subgroup_id
),

answers as (
    select
        answers.workflow_step_id, steps.person_id, answers.form_answer_row_id, answers.form_id * 1000000 + answers.mapping_id as newest,
        questions.field,
        coalesce(answers.text_answer, strftime(answers.answered_at, '%Y-%m-%d')) as answer
    from stg_form_answers as answers
    inner join questions on questions.mapping_id = answers.mapping_id
    inner join steps
        on steps.workflow_step_id = answers.workflow_step_id
        and (answers.subject_person_id is null or answers.subject_person_id = steps.person_id)
)

select
    workflow_step_id, person_id, form_answer_row_id,
    row_number() over (partition by workflow_step_id, person_id order by form_answer_row_id) as place,
    arg_max(answer, newest) filter (where field = 'cld_client_type') as client_type,
    arg_max(answer, newest) filter (where field = 'cld_event_outcome') as event_outcome,
    arg_max(answer, newest) filter (where field = 'cld_event_description') as event_description,
    arg_max(answer, newest) filter (where field = 'cld_primary_support_reason') as primary_support_reason,
    arg_max(answer, newest) filter (where field = 'cld_accommodation_status') as accommodation_status,
    arg_max(answer, newest) filter (where field = 'cld_employment_status') as employment_status,
    arg_max(answer, newest) filter (where field = 'cld_client_funding_status') as client_funding_status,
    arg_max(answer, newest) filter (where field = 'cld_autism_spectrum_disorder') as autism_spectrum_disorder,
    arg_max(answer, newest) filter (where field = 'cld_visual_impairment') as visual_impairment,
    arg_max(answer, newest) filter (where field = 'cld_hearing_impairment') as hearing_impairment,
    arg_max(answer, newest) filter (where field = 'cld_dementia') as dementia,
    arg_max(answer, newest) filter (where field = 'cld_route_of_access') as request_route_of_access,
    arg_max(answer, newest) filter (where field = 'cld_assessment_type') as assessment_type,
    arg_max(answer, newest) filter (where field = 'cld_eligible_needs_identified') as eligible_needs_identified,
    arg_max(answer, newest) filter (where field = 'cld_method_of_assessment') as method_of_assessment,
    arg_max(answer, newest) filter (where field = 'cld_total_hours_caring') as total_hours_caring_per_week,
    arg_max(answer, newest) filter (where field = 'cld_service_type') as service_type,
    arg_max(answer, newest) filter (where field = 'cld_service_component') as service_component,
    arg_max(answer, newest) filter (where field = 'cld_delivery_mechanism') as delivery_mechanism,
    arg_max(answer, newest) filter (where field = 'cld_provider_cqc_location_name') as provider_cqc_location_name,
    arg_max(answer, newest) filter (where field = 'cld_provider_cqc_location_id') as provider_cqc_location_id,
    arg_max(answer, newest) filter (where field = 'cld_review_reason') as review_reason,
    arg_max(answer, newest) filter (where field = 'cld_review_outcomes_achieved') as review_outcomes_achieved,
    arg_max(answer, newest) filter (where field = 'cld_method_of_review') as method_of_review,
    arg_max(answer, newest) filter (where field = 'cld_unit_cost') as unit_cost,
    arg_max(answer, newest) filter (where field = 'cld_cost_frequency') as cost_frequency,
    arg_max(answer, newest) filter (where field = 'cld_planned_units_per_week') as planned_units_per_week,
    arg_max(answer, newest) filter (where field = 'cld_service_start') as service_start,
    arg_max(answer, newest) filter (where field = 'cld_service_end') as service_end
from answers
group by workflow_step_id, person_id, form_answer_row_id
