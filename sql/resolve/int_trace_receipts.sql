-- grain: file_sha256, line
-- reads: config.settings, config.trace, int_people, earlier.trace_answers, earlier.trace_requests,
--   stg_trace_responses
-- why: every answer of the trace service, judged once, when it first comes, and remembered from
--   then on, so that the inbox may be emptied. An answer counts where it was asked for: its unique
--   reference is that of a request that this lake remembers, or, for what was asked before this
--   lake, its day of asking lies before a day that the council has set. What nobody asked for is
--   refused, and stays refused. Without an outbox nothing is asked here, so every answer counts.
with settings as (
    select settings.as_at, settings.as_at_local, terms.is_asking, terms.accept_unasked_before
    from config.settings as settings
    cross join config.trace as terms
),

remembered as (
    select
        file_sha256, line, file, unique_reference, person_id, answered_at, code, matched_nhs_number,
        is_sensitive, taken_at, refused_as
    from earlier.trace_answers
),

-- the unique reference is <person id>-<day asked>; what is dated after the as-at time has not come
-- yet
arrived as (
    select
        responses.file_sha256,
        responses.line,
        responses.file,
        responses.unique_reference,
        try_cast(split_part(responses.unique_reference, '-', 1) as bigint) as person_id,
        digits_day(split_part(responses.unique_reference, '-', 2)) as asked_on,
        responses.local_patient_id,
        responses.answered_at,
        responses.code,
        case when is_nhs_number(responses.matched_number) then responses.matched_number end
            as matched_nhs_number,
        responses.code = '92' or coalesce(responses.sensitivity_flag, '0') not
            in ('0', 'N', 'U') as is_sensitive
    from stg_trace_responses as responses
    cross join settings
    where (responses.answered_at is null or responses.answered_at <= settings.as_at_local)
        and not exists (
            select 1 from remembered
            where remembered.file_sha256 = responses.file_sha256
                and remembered.line = responses.line
        )
),

judged as (
    select
        arrived.file_sha256,
        arrived.line,
        arrived.file,
        arrived.unique_reference,
        arrived.person_id,
        arrived.answered_at,
        arrived.code,
        arrived.matched_nhs_number,
        arrived.is_sensitive,
        settings.as_at as taken_at,
        case
            when people.person_id is null then 'nobody_here'
            when arrived.local_patient_id is not null
                and try_cast(arrived.local_patient_id as bigint) is distinct from arrived.person_id
                    then 'references_disagree'
            when not settings.is_asking then null
            when requests.unique_reference is null
                and coalesce(arrived.asked_on < settings.accept_unasked_before, false) then null
            when requests.unique_reference is null then 'not_asked'
            when arrived.answered_at < arrived.asked_on then 'answered_before_asked'
        end as refused_as
    from arrived
    cross join settings
    left join int_people as people on people.person_id = arrived.person_id
    left join earlier.trace_requests as requests
        on requests.unique_reference = arrived.unique_reference
),

final as (
    select
        file_sha256, line, file, unique_reference, person_id, answered_at, code, matched_nhs_number,
        is_sensitive, taken_at, refused_as
    from remembered
    union all
    select
        file_sha256, line, file, unique_reference, person_id, answered_at, code, matched_nhs_number,
        is_sensitive, taken_at, refused_as
    from judged
)

select
    file_sha256, line, file, unique_reference, person_id, answered_at, code, matched_nhs_number,
    is_sensitive, taken_at, refused_as
from final
