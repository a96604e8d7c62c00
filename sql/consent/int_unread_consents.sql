-- grain: person_id, record
-- reads: config.consent_steps, config.form_questions, int_consent_answers, int_consent_groups,
--   stg_form_answers, stg_form_questions, stg_subgroup_subjects, stg_unread_rows,
--   stg_workflow_steps
-- why: the people about whom a row that cannot be read may hold a refusal, a withdrawal or a lack
--   of capacity: a step, an answer, a question or a subject of a consent request. If the row does
--   not say who, it is about everybody whom its step or group names; a null person is nobody, and
--   the run stops. A row is left out only where what can be read of it shows that it is not about
--   consent.
with consent_questions as (
    select question_user_code from config.form_questions where field like 'consent\_%' escape '\'
),

other_mappings as (
    select mapping_id
    from stg_form_questions
    where question_user_code not in (select question_user_code from consent_questions)
),

unread as (
    select
        source, position, table_name, record, subject_person_id, subject_id, subject_type,
        workflow_step_id, workflow_step_type_id, subgroup_id, mapping_id, question_user_code
    from stg_unread_rows
    where source = 'casestore'
),

steps as (
    select source, position, record, workflow_step_id, subgroup_id,
        cast(null as bigint) as subject_id
    from unread
    where table_name = 'dm_workflow_steps'
        and coalesce(
            workflow_step_type_id in (select workflow_step_type_id from config.consent_steps), true
        )
),

answers as (
    select source, position, record, workflow_step_id, subgroup_id, subject_person_id as subject_id
    from unread
    where table_name = 'dm_cached_form_answers'
        and coalesce(mapping_id not in (select mapping_id from other_mappings), true)
),

-- answers to a question of which the row cannot be read, and on a consent step to one that is not
-- there
questions as (
    select
        'casestore' as source,
        cast(null as bigint) as position,
        'dm_cached_form_answers ' || concat_ws(
            ',', cast(answers.workflow_step_id as varchar), cast(answers.form_id as varchar),
            cast(answers.form_answer_row_id as varchar), cast(answers.mapping_id as varchar)
        ) || ': mapping_id, not in dm_cached_form_questions' as record,
        answers.workflow_step_id,
        answers.subgroup_id,
        answers.subject_person_id as subject_id
    from stg_form_answers as answers
    left join stg_workflow_steps as steps on steps.workflow_step_id = answers.workflow_step_id
    where answers.mapping_id not in (select mapping_id from stg_form_questions)
        and (
            steps.workflow_step_type_id in (select workflow_step_type_id from config.consent_steps)
            or exists (
                select 1
                from unread
                where unread.table_name = 'dm_cached_form_questions'
                    and coalesce(unread.mapping_id = answers.mapping_id, true)
                    and coalesce(
                        unread.question_user_code
                            in (select question_user_code from consent_questions), true
                    )
            )
        )
),

rows_to_place as (
    select source, position, record, workflow_step_id, subgroup_id, subject_id from steps
    union all
    select source, position, record, workflow_step_id, subgroup_id, subject_id from answers
    union all
    select source, position, record, workflow_step_id, subgroup_id, subject_id from questions
),

-- the groups that a row names: its own, and those of its step, which may be unreadable too
row_groups as (
    select record, subgroup_id from rows_to_place where subgroup_id is not null
    union
    select rows_to_place.record, steps.subgroup_id
    from rows_to_place
    inner join stg_workflow_steps as steps
        on steps.workflow_step_id = rows_to_place.workflow_step_id
    union
    select rows_to_place.record, unread.subgroup_id
    from rows_to_place
    inner join unread
        on unread.table_name = 'dm_workflow_steps'
            and unread.workflow_step_id = rows_to_place.workflow_step_id
    where unread.subgroup_id is not null
    union
    select rows_to_place.record, answers.subgroup_id
    from rows_to_place
    inner join int_consent_answers as answers
        on answers.consent_request_id = rows_to_place.workflow_step_id
    where answers.subgroup_id is not null
),

group_people as (
    select row_groups.record, subjects.subject_id as person_id
    from row_groups
    inner join stg_subgroup_subjects as subjects on subjects.subgroup_id = row_groups.subgroup_id
    where subjects.may_be_person
),

-- an answer that says which member of its group it is about is about nobody else
named as (
    select rows_to_place.record, rows_to_place.subject_id as person_id
    from rows_to_place
    inner join group_people
        on group_people.record = rows_to_place.record
            and group_people.person_id = rows_to_place.subject_id
),

placed as (
    select record, person_id from named
    union
    select record, person_id
    from group_people
    where record not in (select record from named)
    union
    select record, subject_id from rows_to_place where subject_id > 0
    union
    select rows_to_place.record, answers.subject_person_id
    from rows_to_place
    inner join int_consent_answers as answers
        on answers.consent_request_id = rows_to_place.workflow_step_id
    where answers.subject_person_id is not null
        and rows_to_place.record not in (select record from named)
),

-- who belongs to a group: where the group has nothing to do with consent the row has not either
subjects as (
    select unread.record, case when unread.subject_id > 0 then unread.subject_id end as person_id
    from unread
    where unread.table_name = 'dm_subgroup_subjects'
        and coalesce(unread.subject_type not in ('ORG', 'GRP', 'GRO'), true)
        and (
            unread.subgroup_id is null
            or unread.subgroup_id in (select subgroup_id from int_consent_groups
                where subgroup_id is not null)
            or unread.subgroup_id in (select subgroup_id from row_groups)
        )
),

final as (
    select record, person_id from placed
    union
    select record, person_id from subjects
    union
    select record, cast(null as bigint) as person_id
    from rows_to_place
    where record not in (select record from placed)
)

select person_id, record from final
