-- grain: person_id
-- reads: config.settings, int_people, int_trace_receipts
-- why: the latest answer of the trace service about each person, up to the as-at time, of those
--   that were asked for. An older answer never displaces a newer one, whenever it comes, and `no
--   trace performed` displaces no number. Answers of the same moment that differ contradict each
--   other.
with settings as (
    select as_at_local from config.settings
),

people as (
    select person_id from int_people
),

receipts as (
    select
        person_id, file, line, file_sha256, unique_reference, answered_at, code, matched_nhs_number,
        is_sensitive,
        -- no trace performed: displaces an answer that nobody was found, never one that gave a
        -- number
        code = '15' and count(matched_nhs_number) over (partition by person_id) > 0 as is_void
    from int_trace_receipts
    cross join settings
    where refused_as is null and (answered_at is null or answered_at <= as_at_local)
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
            partition by receipts.person_id
            order by receipts.is_void, receipts.answered_at desc nulls last
        ) as age_rank,
        row_number() over (
            partition by receipts.person_id
            order by receipts.is_void, receipts.answered_at desc nulls last, receipts.file,
                receipts.line, receipts.file_sha256
        ) as place
    from receipts
    inner join people on people.person_id = receipts.person_id
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

select person_id, code, matched_number, is_sensitive, answered_at, file, unique_reference,
    is_contradicted from final
