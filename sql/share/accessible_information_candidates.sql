-- grain: workflow_step_id, form_id, form_answer_row_id, mapping_id
-- reads: config.accessible_information_steps, config.form_questions, config.settings,
--   int_accessible_information_codes, stg_form_answers, stg_form_questions, stg_subgroup_people,
--   stg_workflow_steps
-- why: Every answer that names a communication or information need, with whose need it is and,
--   where it cannot be given, why. An answer that names nobody, in a step about several people, is
--   nobody's; of a need recorded again the newest answer speaks. A code whose check digit fails was
--   damaged on its way, as spreadsheets damage long numbers.
with questions as (
    select questions.mapping_id, replace(fields.field, 'ais_', '') as need_type
    from stg_form_questions as questions
    inner join config.form_questions as fields
        on fields.question_user_code = questions.question_user_code
            and starts_with(fields.field, 'ais_')
),

steps as (
    select workflow_step_id, subgroup_id, step_status, started_at,
        coalesce(completed_at, started_at) as recorded_at
    from stg_workflow_steps
    where workflow_step_type_id
        in (select workflow_step_type_id from config.accessible_information_steps)
),

subjects as (
    select subgroup_id, count(*) as count_people, min(person_id) as only_person_id
    from stg_subgroup_people
    group by subgroup_id
),

answers as (
    select
        answers.workflow_step_id,
        answers.form_id,
        answers.form_answer_row_id,
        answers.mapping_id,
        case
            when answers.subject_person_id is not null then named.person_id
            when subjects.count_people = 1 then subjects.only_person_id
        end as person_id,
        questions.need_type,
        answers.text_answer as code,
        steps.step_status,
        steps.started_at,
        steps.recorded_at
    from stg_form_answers as answers
    inner join questions on questions.mapping_id = answers.mapping_id
    inner join steps on steps.workflow_step_id = answers.workflow_step_id
    left join subjects on subjects.subgroup_id = steps.subgroup_id
    left join stg_subgroup_people as named
        on named.subgroup_id = steps.subgroup_id and named.person_id = answers.subject_person_id
),

judged as (
    select
        answers.person_id, answers.workflow_step_id, answers.form_id, answers.form_answer_row_id,
        answers.mapping_id, answers.need_type, answers.code, answers.recorded_at,
        case
            when answers.step_status = 'CANCELLED' then 'step_cancelled'
            when answers.step_status in ('INCOMING', 'PROPOSED') then 'step_not_started'
            when answers.started_at > settings.as_at_local then 'step_not_started'
            when answers.person_id is null then 'subject_unclear'
            when not is_snomed_code(answers.code) then 'damaged_code'
        end as excluded_as
    from answers
    cross join config.settings as settings
),

placed as (
    select
        person_id, workflow_step_id, form_id, form_answer_row_id, mapping_id, need_type, code,
        recorded_at, excluded_as,
        row_number() over (
            partition by person_id, need_type, code, excluded_as
            order by recorded_at desc nulls last, workflow_step_id desc, form_id,
                form_answer_row_id, mapping_id
        ) as rank
    from judged
)

select
    placed.person_id, placed.workflow_step_id, placed.form_id, placed.form_answer_row_id,
    placed.mapping_id,
    placed.need_type, placed.code, codes.display, cast(placed.recorded_at as date) as recorded_on,
    placed.workflow_step_id as recorded_in_step,
    case when placed.excluded_as is null and placed.rank > 1
        then 'merged' else placed.excluded_as end as excluded_as
from placed
left join int_accessible_information_codes as codes
    on codes.code = placed.code and codes.need_type = placed.need_type
