-- grain: dataset
-- reads: config.accessible_information_steps, config.form_questions, int_episodes, stg_allergy_intolerances,
--   stg_allocated_workers, stg_appointments, stg_conditions, stg_encounters, stg_form_answers, stg_form_questions,
--   stg_immunizations, stg_medication_requests, stg_medication_statements, stg_people, stg_personal_relationships,
--   stg_prof_relationships, stg_workflow_steps
-- why: How many rows the sources hold for each dataset, counted where they lie and not where the datasets are made, so
--   that a row lost on the way is missed.
with contacts as (
    select (select count(*) from stg_personal_relationships) + (select count(*) from stg_prof_relationships) as count_rows
),

questions as (
    select questions.mapping_id
    from stg_form_questions as questions
    inner join config.form_questions as fields on fields.question_user_code = questions.question_user_code
    where starts_with(fields.field, 'ais_')
),

needs as (
    select count(*) as count_rows
    from stg_form_answers as answers
    inner join stg_workflow_steps as steps on steps.workflow_step_id = answers.workflow_step_id
    where answers.mapping_id in (select mapping_id from questions)
        and steps.workflow_step_type_id in (select workflow_step_type_id from config.accessible_information_steps)
),

teams as (
    select
        (select count(*) from int_episodes where source = 'workflow_step')
        + (select count(*) from stg_allocated_workers) as count_rows
),

workers as (
    select (select count(*) from stg_allocated_workers) + (select count(*) from stg_prof_relationships) as count_rows
),

medications as (
    select (select count(*) from stg_medication_statements) + (select count(*) from stg_medication_requests) as count_rows
),

visits as (
    select (select count(*) from stg_encounters) + (select count(*) from stg_appointments) as count_rows
)

select 'advocates_and_next_of_kin' as dataset, 'casestore' as source, count_rows from contacts
union all select 'accessible_information', 'casestore', count_rows from needs
union all select 'case_status', 'casestore', count(*) from int_episodes
union all select 'allocated_teams', 'casestore', count_rows from teams
union all select 'allocated_workers', 'casestore', count_rows from workers
union all select 'medications', 'health', count_rows from medications
union all select 'diagnoses', 'health', count(*) from stg_conditions
union all select 'allergies', 'health', count(*) from stg_allergy_intolerances
union all select 'immunisations', 'health', count(*) from stg_immunizations
union all select 'visits', 'health', count_rows from visits
union all select 'people', 'casestore', count(*) from stg_people
