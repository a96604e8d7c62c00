-- grain: person_id
-- reads: config.settings, int_people, stg_trace_responses
-- why: the latest answer of the trace service about each person, up to the as-at time. The unique reference is
--   <person id>-<day asked>; an answer whose local patient id says another person is refused. Answers of the same
--   moment that differ contradict each other.
with settings as (
    select as_at_local from config.settings
),

people as (
    select person_id from int_people
),

responses as (
    select
        file,
        line,
        unique_reference,
        local_patient_id,
        answered_at,
        code,
        case when is_nhs_number(matched_number) then matched_number end as matched_number,
        code = '92' or coalesce(sensitivity_flag, '0') not in ('0', 'N', 'U') as is_sensitive,
        try_cast(split_part(unique_reference, '-', 1) as bigint) as person_id
    from stg_trace_responses
),

answers as (
    select
        responses.person_id,
        responses.file,
        responses.line,
        responses.unique_reference,
        responses.answered_at,
        responses.code,
        responses.matched_number,
        responses.is_sensitive,
        rank() over (partition by responses.person_id order by responses.answered_at desc nulls last) as age_rank,
        row_number() over (
            partition by responses.person_id
            order by responses.answered_at desc nulls last, responses.file, responses.line
        ) as place
    from responses
    inner join people on people.person_id = responses.person_id
    cross join settings
    where (responses.local_patient_id is null or try_cast(responses.local_patient_id as bigint) = responses.person_id)
        and (responses.answered_at is null or responses.answered_at <= settings.as_at_local)
),

contradictions as (
    select
        person_id,
        count(distinct code || ' ' || coalesce(matched_number, '')) > 1 as is_contradicted,
        bool_or(is_sensitive) as is_sensitive
    from answers
    where age_rank = 1
    group by person_id
),

final as (
    select
        answers.person_id,
        answers.code,
        answers.matched_number,
        contradictions.is_sensitive,
        answers.answered_at,
        answers.file,
        answers.unique_reference,
        contradictions.is_contradicted
    from answers
    inner join contradictions on contradictions.person_id = answers.person_id
    where answers.place = 1
)

select person_id, code, matched_number, is_sensitive, answered_at, file, unique_reference, is_contradicted from final
