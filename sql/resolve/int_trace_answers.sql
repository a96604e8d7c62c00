-- grain: person_id
-- reads: config.settings, int_people, int_trace_receipts
-- why: the latest answer of the trace service about each person, up to the as-at time, of those that were asked for. An
--   older answer never displaces a newer one, whenever it comes, and `no trace performed` displaces nothing. Answers of the
--   same moment that differ contradict each other.
with settings as (
    select as_at_local from config.settings
),

people as (
    select person_id from int_people
),

answers as (
    select
        receipts.person_id,
        receipts.file,
        receipts.line,
        receipts.unique_reference,
        receipts.answered_at,
        receipts.code,
        receipts.matched_nhs_number as matched_number,
        receipts.is_sensitive,
        rank() over (
            partition by receipts.person_id order by receipts.code = '15', receipts.answered_at desc nulls last
        ) as age_rank,
        row_number() over (
            partition by receipts.person_id
            order by receipts.code = '15', receipts.answered_at desc nulls last, receipts.file, receipts.line, receipts.file_sha256
        ) as place
    from int_trace_receipts as receipts
    inner join people on people.person_id = receipts.person_id
    cross join settings
    where receipts.refused_as is null
        and (receipts.answered_at is null or receipts.answered_at <= settings.as_at_local)
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
